import { ok } from "../resp/reply.js";
import { firstKey, type Command } from "./command.js";
import { isPlainTime, readExpiry, type ExpiryUnit } from "./expiry-options.js";
import { storeString } from "./strings.js";

function setWithExpiry(name: string, unit: ExpiryUnit): Command {
  return {
    name,
    arity: 4,
    keys: firstKey,
    writes: true,
    blind: (args) => isPlainTime(args, 2),
    run(keyspace, args) {
      storeString(keyspace, args.bytes(1), args.bytes(3), readExpiry(args, 2, unit, keyspace.now));
      return ok;
    },
  };
}

/** `SETEX key seconds value`: stores a string that ends. */
export const setex = setWithExpiry("setex", { milliseconds: 1000, relative: true });

/** `PSETEX key milliseconds value`: stores a string that ends. */
export const psetex = setWithExpiry("psetex", { milliseconds: 1, relative: true });
