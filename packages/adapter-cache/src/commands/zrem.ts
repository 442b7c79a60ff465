import type { Scored } from "../documents/members.js";
import type { Keyspace } from "../engine/keyspace.js";
import type { Arguments } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { readLexRange } from "./lex-range.js";
import { fromEnd } from "./lists.js";
import { readScoreRange } from "./score-range.js";
import { openSortedSet, readRanked, removeMembers } from "./sorted-sets.js";

function remove(keyspace: Keyspace, key: Buffer, members: readonly string[]): number {
  const zset = openSortedSet(keyspace, key);
  const removed = removeMembers(zset, members);
  if (removed > 0) keyspace.update(key, zset);
  return removed;
}

function membersOf(scored: readonly Scored[]): readonly string[] {
  return scored.map(([member]) => member);
}

function rangeRemover(name: string, choose: (keyspace: Keyspace, args: Arguments) => readonly string[]): Command {
  return {
    name,
    arity: 4,
    keys: firstKey,
    writes: true,
    run: (keyspace, args) => remove(keyspace, args.bytes(1), choose(keyspace, args)),
  };
}

/** `ZREM key member…`: removes members; how many were there. */
export const zrem: Command = {
  name: "zrem",
  arity: -3,
  keys: firstKey,
  writes: true,
  run: (keyspace, args) => remove(keyspace, args.bytes(1), args.texts(2)),
};

/** `ZREMRANGEBYRANK key start stop`: removes by position. */
export const zremrangebyrank = rangeRemover("zremrangebyrank", (keyspace, args) => {
  const [first, last] = [args.position(2), args.position(3)];
  const ranked = readRanked(keyspace, args.bytes(1));
  const { length } = ranked;
  return membersOf(ranked.slice(Math.max(0, fromEnd(first, length)), Math.max(0, fromEnd(last, length) + 1)));
});

/** `ZREMRANGEBYSCORE key min max`: removes by score. */
export const zremrangebyscore = rangeRemover("zremrangebyscore", (keyspace, args) => {
  const choose = readScoreRange(args.bytes(2), args.bytes(3));
  const ranked = readRanked(keyspace, args.bytes(1));
  return membersOf(ranked.slice(...choose(ranked)));
});

/** `ZREMRANGEBYLEX key min max`: removes by name, where scores are equal. */
export const zremrangebylex = rangeRemover("zremrangebylex", (keyspace, args) => {
  const choose = readLexRange(args.text(2), args.text(3));
  return membersOf(choose(readRanked(keyspace, args.bytes(1))));
});
