import type { Keyspace } from "../engine/keyspace.js";
import { Double, nullArray, type Reply } from "../resp/reply.js";
import type { Command } from "./command.js";
import { toBytes } from "./hashes.js";
import { readManyPop, type ManyPop } from "./mpop-arguments.js";
import { numberedKeys } from "./numbered-keys.js";
import { openSortedSet, takeRanked } from "./sorted-sets.js";

/** The ends of a sorted set. */
const scoreSides = ["MIN", "MAX"] as const;

/** Takes members from the first sorted set that is there; replies its key and them, `nullArray` if none is. */
function popFromSortedSets(keyspace: Keyspace, { keys, side, count }: ManyPop<(typeof scoreSides)[number]>): Reply {
  for (const key of keys) {
    const zset = openSortedSet(keyspace, key);
    if (zset.scores.size === 0) continue;
    const popped = takeRanked(zset, side, count);
    keyspace.update(key, zset);
    return [key, popped.map(([member, score]) => [toBytes(member), new Double(score)])];
  }
  return nullArray;
}

/** `ZMPOP numkeys key… MIN|MAX [COUNT count]`: takes members from the first sorted set that is there. */
export const zmpop: Command = {
  name: "zmpop",
  arity: -4,
  keys: numberedKeys(1),
  writes: true,
  run: (keyspace, args) => popFromSortedSets(keyspace, readManyPop(args, 1, scoreSides)),
};
