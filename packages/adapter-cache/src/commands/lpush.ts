import { firstKey, type Command } from "./command.js";
import { openList } from "./lists.js";

interface PushOptions {
  readonly end: "left" | "right";
  /** Whether an absent key stays absent. */
  readonly onlyExisting: boolean;
}

function pusher(name: string, { end, onlyExisting }: PushOptions): Command {
  return {
    name,
    arity: -3,
    keys: firstKey,
    writes: true,
    run(keyspace, args) {
      const list = openList(keyspace, args.bytes(1));
      if (onlyExisting && list.items.length === 0) return 0;
      const added = args.slice(2);
      if (end === "right") list.items.addRight(added);
      else list.items.addLeft([...added].reverse());
      keyspace.update(args.bytes(1), list);
      return list.items.length;
    },
  };
}

/** `LPUSH key item…`: adds items at the left, one after the other; the length. */
export const lpush = pusher("lpush", { end: "left", onlyExisting: false });

/** `RPUSH key item…`: adds items at the right; the length. */
export const rpush = pusher("rpush", { end: "right", onlyExisting: false });

/** `LPUSHX key item…`: LPUSH if the list is there. */
export const lpushx = pusher("lpushx", { end: "left", onlyExisting: true });

/** `RPUSHX key item…`: RPUSH if the list is there. */
export const rpushx = pusher("rpushx", { end: "right", onlyExisting: true });
