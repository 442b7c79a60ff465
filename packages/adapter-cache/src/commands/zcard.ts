import { firstKey, type Command } from "./command.js";
import { openSortedSet } from "./sorted-sets.js";

/** `ZCARD key`: how many members the sorted set has. */
export const zcard: Command = {
  name: "zcard",
  arity: 2,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => openSortedSet(keyspace, args.bytes(1)).scores.size,
};
