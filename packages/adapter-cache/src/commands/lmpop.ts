import type { Keyspace } from "../engine/keyspace.js";
import { nullArray, type Reply } from "../resp/reply.js";
import type { Command } from "./command.js";
import { openList } from "./lists.js";
import { readManyPop, type ManyPop } from "./mpop-arguments.js";
import { numberedKeys } from "./numbered-keys.js";

/** The ends of a list. */
const listSides = ["LEFT", "RIGHT"] as const;

/** Takes items from the first list that is there; replies its key and the items, `nullArray` if none is. */
function popFromLists(keyspace: Keyspace, { keys, side, count }: ManyPop<(typeof listSides)[number]>): Reply {
  for (const key of keys) {
    const list = openList(keyspace, key);
    if (list.items.length === 0) continue;
    const amount = Math.min(count, list.items.length);
    const items = side === "LEFT" ? list.items.takeLeft(amount) : list.items.takeRight(amount);
    keyspace.update(key, list);
    return [key, items];
  }
  return nullArray;
}

/** `LMPOP numkeys key… LEFT|RIGHT [COUNT count]`: takes items from the first list that is there. */
export const lmpop: Command = {
  name: "lmpop",
  arity: -4,
  keys: numberedKeys(1),
  writes: true,
  run: (keyspace, args) => popFromLists(keyspace, readManyPop(args, 1, listSides)),
};
