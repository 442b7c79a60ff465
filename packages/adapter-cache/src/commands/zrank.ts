import { firstKey, type Command } from "./command.js";
import { openSortedSet, rankedMembers } from "./sorted-sets.js";

function ranker(name: string, reverse: boolean): Command {
  return {
    name,
    arity: 3,
    keys: firstKey,
    writes: false,
    run(keyspace, args) {
      const zset = openSortedSet(keyspace, args.bytes(1));
      const score = zset.scores.get(args.text(2));
      if (score === undefined) return null;
      const rank = rankedMembers(zset).countBefore(score, args.text(2));
      return reverse ? zset.scores.size - 1 - rank : rank;
    },
  };
}

/** `ZRANK key member`: the member's position, from the lowest score. */
export const zrank = ranker("zrank", false);

/** `ZREVRANK key member`: the member's position, from the highest score. */
export const zrevrank = ranker("zrevrank", true);
