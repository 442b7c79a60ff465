import { parseInteger } from "../numbers/integer.js";
import { Double, ErrorReply, PairsReply } from "../resp/reply.js";
import { syntaxError } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { toBytes } from "./hashes.js";
import { openSortedSet, takeRanked } from "./sorted-sets.js";

function popper(name: string, side: "MIN" | "MAX"): Command {
  return {
    name,
    arity: -2,
    keys: firstKey,
    writes: true,
    run(keyspace, args) {
      if (args.count > 3) throw syntaxError();
      const count = args.count === 3 ? parseInteger(args.bytes(2)) : 1n;
      if (count === undefined || count < 0n) throw new ErrorReply("ERR value is out of range, must be positive");
      const zset = openSortedSet(keyspace, args.bytes(1));
      const popped = takeRanked(zset, side, Number(count));
      if (popped.length > 0) keyspace.update(args.bytes(1), zset);
      const pairs = popped.map(([member, score]) => [toBytes(member), new Double(score)] as const);
      return args.count === 3 ? new PairsReply(pairs) : pairs.flat();
    },
  };
}

/** `ZPOPMIN key [count]`: removes the members with the lowest scores, and replies them. */
export const zpopmin = popper("zpopmin", "MIN");

/** `ZPOPMAX key [count]`: removes the members with the highest scores, and replies them. */
export const zpopmax = popper("zpopmax", "MAX");
