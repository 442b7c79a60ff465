import { firstKey, type Command } from "./command.js";
import { readString } from "./strings.js";

/** `GETDEL key`: the string, which is removed. */
export const getdel: Command = {
  name: "getdel",
  arity: 2,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const old = readString(keyspace, args.bytes(1)) ?? null;
    keyspace.remove(args.bytes(1));
    return old;
  },
};
