import type { Scored } from "../documents/members.js";
import type { Keyspace } from "../engine/keyspace.js";
import { Double, PairsReply, type Reply } from "../resp/reply.js";
import type { Arguments } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { toBytes } from "./hashes.js";
import { readLexRange } from "./lex-range.js";
import { fromEnd } from "./lists.js";
import { readScoreRange } from "./score-range.js";
import { readRanked } from "./sorted-sets.js";
import { readRangeOptions, type RangeForm, type RangeOptions } from "./zrange-options.js";

function ranger(name: string, form: RangeForm): Command {
  return {
    name,
    arity: -4,
    keys: firstKey,
    writes: false,
    run: (keyspace, args) => range(keyspace, args, readRangeOptions(args, form)),
  };
}

function range(keyspace: Keyspace, args: Arguments, options: RangeOptions): Reply {
  const found = chooseRange(keyspace, args, options);
  if (!options.withScores) return found.map(([member]) => toBytes(member));
  return new PairsReply(found.map(([member, score]) => [toBytes(member), new Double(score)]));
}

/** The members that a command of the ZRANGE family is about, in its order. */
export function chooseRange(keyspace: Keyspace, args: Arguments, options: RangeOptions): readonly Scored[] {
  return options.by === "rank" ? byRank(keyspace, args, options) : byRange(keyspace, args, options);
}

function byRank(keyspace: Keyspace, args: Arguments, { reverse }: RangeOptions): readonly Scored[] {
  const [first, last] = [args.position(2), args.position(3)];
  const ranked = readRanked(keyspace, args.bytes(1));
  const { length } = ranked;
  const [start, stop] = [Math.max(0, fromEnd(first, length)), Math.min(length, Math.max(0, fromEnd(last, length) + 1))];
  if (start >= stop) return [];
  return reverse ? ranked.slice(length - stop, length - start).reverse() : ranked.slice(start, stop);
}

function byRange(keyspace: Keyspace, args: Arguments, { by, reverse, limit }: RangeOptions): readonly Scored[] {
  // Backwards, the higher end comes first.
  const [min, max] = reverse ? [3, 2] : [2, 3];
  const choose = by === "lex" ? readLexRange(args.text(min), args.text(max), reverse) : undefined;
  const range = by === "lex" ? undefined : readScoreRange(args.bytes(min), args.bytes(max));
  const ranked = readRanked(keyspace, args.bytes(1));
  const offset = limit?.offset ?? 0;
  if (offset < 0) return [];
  const end = limit === undefined || limit.count < 0 ? Infinity : offset + limit.count;
  if (choose !== undefined) return choose(ranked).slice(offset, end);
  const [start, stop] = range?.(ranked) ?? [0, 0];
  if (reverse) return ranked.slice(Math.max(start, stop - end), Math.max(start, stop - offset)).reverse();
  return ranked.slice(start + offset, Math.min(stop, start + end));
}

/** `ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]`: members in order. */
export const zrange = ranger("zrange", {});

/** `ZREVRANGE key start stop [WITHSCORES]`. */
export const zrevrange = ranger("zrevrange", { by: "rank", reverse: true });

/** `ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]`. */
export const zrangebyscore = ranger("zrangebyscore", { by: "score", reverse: false });

/** `ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]`. */
export const zrevrangebyscore = ranger("zrevrangebyscore", { by: "score", reverse: true });

/** `ZRANGEBYLEX key min max [LIMIT offset count]`. */
export const zrangebylex = ranger("zrangebylex", { by: "lex", reverse: false });

/** `ZREVRANGEBYLEX key max min [LIMIT offset count]`. */
export const zrevrangebylex = ranger("zrevrangebylex", { by: "lex", reverse: true });
