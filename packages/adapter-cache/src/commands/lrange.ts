import { firstKey, type Command } from "./command.js";
import { fromEnd, readList } from "./lists.js";

/** `LRANGE key start stop`: items, both ends included. */
export const lrange: Command = {
  name: "lrange",
  arity: 4,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const [first, last] = [args.position(2), args.position(3)];
    const items = readList(keyspace, args.bytes(1));
    if (items === undefined) return [];
    return items.slice(Math.max(0, fromEnd(first, items.length)), Math.max(0, fromEnd(last, items.length) + 1));
  },
};
