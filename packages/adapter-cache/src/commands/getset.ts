import { firstKey, type Command } from "./command.js";
import { readString, storeString } from "./strings.js";

/** `GETSET key value`: stores a string and replies the old one. */
export const getset: Command = {
  name: "getset",
  arity: 3,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const old = readString(keyspace, args.bytes(1)) ?? null;
    storeString(keyspace, args.bytes(1), args.bytes(2));
    return old;
  },
};
