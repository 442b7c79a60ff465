import { ok } from "../resp/reply.js";
import { firstKey, type Command } from "./command.js";
import { fromEnd, openList } from "./lists.js";

/** `LTRIM key start stop`: keeps only these items, both ends included. */
export const ltrim: Command = {
  name: "ltrim",
  arity: 4,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const [first, last] = [args.position(2), args.position(3)];
    const list = openList(keyspace, args.bytes(1));
    const { length } = list.items;
    if (length === 0) return ok;
    list.items.keep(Math.max(0, fromEnd(first, length)), Math.max(0, fromEnd(last, length) + 1));
    keyspace.update(args.bytes(1), list);
    return ok;
  },
};
