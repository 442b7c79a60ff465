import { firstKey, type Command } from "./command.js";
import { readSorted } from "./sorted-sets.js";

function ranker(name: string, reverse: boolean): Command {
  return {
    name,
    arity: 3,
    keys: firstKey,
    writes: false,
    run(keyspace, args) {
      const sorted = readSorted(keyspace, args.bytes(1));
      const rank = sorted.findIndex(([member]) => member === args.text(2));
      if (rank < 0) return null;
      return reverse ? sorted.length - 1 - rank : rank;
    },
  };
}

/** `ZRANK key member`: the member's position, from the lowest score. */
export const zrank = ranker("zrank", false);

/** `ZREVRANK key member`: the member's position, from the highest score. */
export const zrevrank = ranker("zrevrank", true);
