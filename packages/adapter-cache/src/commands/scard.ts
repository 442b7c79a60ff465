import { firstKey, type Command } from "./command.js";
import { readSet } from "./sets.js";

/** `SCARD key`: how many members the set has. */
export const scard: Command = {
  name: "scard",
  arity: 2,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => readSet(keyspace, args.bytes(1)).size,
};
