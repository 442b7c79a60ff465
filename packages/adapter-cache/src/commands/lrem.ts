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
    const { items } = openList(keyspace, args.bytes(1));
    const limit = count === 0 ? Infinity : Math.abs(count);
    const ordered = count < 0 ? [...items].reverse() : items;
    let removed = 0;
    const kept = ordered.filter((item) => removed >= limit || !item.equals(args.bytes(3)) || removed++ < 0);
    if (removed > 0) keyspace.update(args.bytes(1), { type: "list", items: count < 0 ? kept.reverse() : kept });
    return removed;
  },
};
