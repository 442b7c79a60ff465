import { firstKey, type Command } from "./command.js";
import { openList } from "./lists.js";

/** `LREM key count item`: removes so many equal items from the left (from the right if negative, all if 0). */
export const lrem: Command = {
  name: "lrem",
  arity: 4,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const count = args.position(2);
    const list = openList(keyspace, args.bytes(1));
    const equal = [...list.items].flatMap((item, index) => (item.equals(args.bytes(3)) ? [index] : []));
    const limit = count === 0 ? equal.length : Math.abs(count);
    const removed = count < 0 ? equal.slice(Math.max(0, equal.length - limit)) : equal.slice(0, limit);
    // From the right, so that the positions of the others stay what they are.
    for (const index of removed.reverse()) list.items.remove(index);
    if (removed.length > 0) keyspace.update(args.bytes(1), list);
    return removed.length;
  },
};
