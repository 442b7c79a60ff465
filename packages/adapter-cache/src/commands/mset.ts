import type { Keyspace } from "../engine/keyspace.js";
import { ok } from "../resp/reply.js";
import { arityError, type Arguments } from "./arguments.js";
import { everyOtherKey, type Command } from "./command.js";
import { storeString } from "./strings.js";

function storeAll(keyspace: Keyspace, args: Arguments): void {
  for (let index = 1; index < args.count; index += 2) storeString(keyspace, args.bytes(index), args.bytes(index + 1));
}

function checkPairs(args: Arguments): void {
  if (args.count % 2 === 0) throw arityError(args.text(0).toLowerCase());
}

/** `MSET key value [key value…]`: stores several strings at once. */
export const mset: Command = {
  name: "mset",
  arity: -3,
  keys: everyOtherKey,
  writes: true,
  blind: (args) => args.count % 2 === 1,
  run(keyspace, args) {
    checkPairs(args);
    storeAll(keyspace, args);
    return ok;
  },
};

/** `MSETNX key value [key value…]`: stores several strings at once if none of the keys is there; 1 if it did. */
export const msetnx: Command = {
  name: "msetnx",
  arity: -3,
  keys: everyOtherKey,
  writes: true,
  run(keyspace, args) {
    checkPairs(args);
    if (everyOtherKey(args).some((key) => keyspace.find(key) !== undefined)) return 0;
    storeAll(keyspace, args);
    return 1;
  },
};
