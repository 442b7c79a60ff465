import { parseInteger } from "../numbers/integer.js";
import { ErrorReply, nullArray } from "../resp/reply.js";
import { arityError, type Arguments } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { openList } from "./lists.js";

function popper(name: string, end: "left" | "right"): Command {
  return {
    name,
    arity: -2,
    keys: firstKey,
    writes: true,
    run(keyspace, args) {
      if (args.count > 3) throw arityError(name);
      const count = args.count === 3 ? readCount(args) : undefined;
      const list = openList(keyspace, args.bytes(1));
      if (list.items.length === 0) return count === undefined ? null : nullArray;
      const amount = Math.min(count ?? 1, list.items.length);
      const items = end === "left" ? list.items.takeLeft(amount) : list.items.takeRight(amount);
      if (amount > 0) keyspace.update(args.bytes(1), list);
      return count === undefined ? (items[0] ?? null) : items;
    },
  };
}

function readCount(args: Arguments): number {
  const count = parseInteger(args.bytes(2));
  if (count === undefined || count < 0n) throw new ErrorReply("ERR value is out of range, must be positive");
  return Number(count);
}

/** `LPOP key [count]`: takes items from the left. */
export const lpop = popper("lpop", "left");

/** `RPOP key [count]`: takes items from the right. */
export const rpop = popper("rpop", "right");
