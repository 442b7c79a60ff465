import { firstKey, type Command } from "./command.js";
import { fromEnd, readList } from "./lists.js";

/** `LINDEX key index`: one item. */
export const lindex: Command = {
  name: "lindex",
  arity: 3,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const items = readList(keyspace, args.bytes(1));
    return items?.at(fromEnd(args.position(2), items.length)) ?? null;
  },
};
