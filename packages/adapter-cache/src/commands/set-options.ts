import { syntaxError, type Arguments } from "./arguments.js";
import { expiryUnits, type ExpiryUnit } from "./expiry-options.js";

/** The options of SET. */
export interface SetOptions {
  /** Only if the key is absent (`NX`) or there (`XX`). */
  readonly condition: "NX" | "XX" | undefined;
  /** Whether the reply is the old string. */
  readonly get: boolean;
  readonly keepTtl: boolean;
  /** Where a time is given: its unit, and the argument that holds it. */
  readonly expiry: { readonly unit: ExpiryUnit; readonly index: number } | undefined;
}

/** Reads the options of SET from the third argument on; throws what Redis answers to contradictions. */
export function readSetOptions(args: Arguments): SetOptions {
  const found = { condition: undefined as SetOptions["condition"], get: false, keepTtl: false, expiry: undefined as SetOptions["expiry"] };
  for (let index = 3; index < args.count; index++) {
    const word = args.keyword(index);
    const unit = expiryUnits.get(word);
    if ((word === "NX" || word === "XX") && (found.condition ?? word) === word) found.condition = word;
    else if (word === "GET") found.get = true;
    else if (word === "KEEPTTL" && found.expiry === undefined) found.keepTtl = true;
    else if (unit !== undefined && found.expiry === undefined && !found.keepTtl && index + 1 < args.count) {
      found.expiry = { unit, index: ++index };
    } else throw syntaxError();
  }
  return found;
}
