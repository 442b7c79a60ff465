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
    const { items } = openList(keyspace, args.bytes(1));
    if (items.length === 0) return ok;
    const kept = items.slice(Math.max(0, fromEnd(first, items.length)), Math.max(0, fromEnd(last, items.length) + 1));
    keyspace.update(args.bytes(1), { type: "list", items: kept });
    return ok;
  },
};
