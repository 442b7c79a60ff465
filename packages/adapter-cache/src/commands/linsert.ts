import { syntaxError } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { openList } from "./lists.js";

/** `LINSERT key BEFORE|AFTER pivot item`: the length; -1 if there is no such pivot, 0 if there is no list. */
export const linsert: Command = {
  name: "linsert",
  arity: 5,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const side = args.keyword(2);
    if (side !== "BEFORE" && side !== "AFTER") throw syntaxError();
    const list = openList(keyspace, args.bytes(1));
    if (list.items.length === 0) return 0;
    const index = [...list.items].findIndex((item) => item.equals(args.bytes(3)));
    if (index < 0) return -1;
    list.items.insert(side === "BEFORE" ? index : index + 1, args.bytes(4));
    keyspace.update(args.bytes(1), list);
    return list.items.length;
  },
};
