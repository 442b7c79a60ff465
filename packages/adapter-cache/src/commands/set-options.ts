import { syntaxError, type Arguments } from "./arguments.js";
import { readExpiryOption, type ExpiryOption } from "./expiry-options.js";

/** The options of SET. */
export interface SetOptions {
  /** Only if the key is absent (`NX`) or there (`XX`). */
  readonly condition: "NX" | "XX" | undefined;
  /** Whether the reply is the old string. */
  readonly get: boolean;
  readonly keepTtl: boolean;
  readonly expiry: ExpiryOption | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads the options of SET from the third argument on; throws what Redis answers to contradictions. */
export function readSetOptions(args: Arguments): SetOptions {
  const found: Mutable<SetOptions> = { condition: undefined, get: false, keepTtl: false, expiry: undefined };
  for (let index = 3; index < args.count; index++) {
    const word = args.keyword(index);
    if ((word === "NX" || word === "XX") && (found.condition ?? word) === word) found.condition = word;
    else if (word === "GET") found.get = true;
    else if (word === "KEEPTTL" && found.expiry === undefined) found.keepTtl = true;
    else {
      const expiry = found.keepTtl ? undefined : readExpiryOption(args, index, found.expiry);
      if (expiry === undefined) throw syntaxError();
      found.expiry = expiry;
      index = expiry.index;
    }
  }
  return found;
}
