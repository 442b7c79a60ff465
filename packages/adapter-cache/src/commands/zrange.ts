import type { Keyspace } from "../engine/keyspace.js";
import { Double, PairsReply, type Reply } from "../resp/reply.js";
import type { Arguments } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { toBytes } from "./hashes.js";
import { readLexRange } from "./lex-range.js";
import { fromEnd } from "./lists.js";
import { readScoreRange } from "./score-range.js";
import { readSorted, type Scored } from "./sorted-sets.js";
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
  const sorted = readSorted(keyspace, args.bytes(1));
  if (reverse) sorted.reverse();
  return sorted.slice(Math.max(0, fromEnd(first, sorted.length)), Math.max(0, fromEnd(last, sorted.length) + 1));
}

function byRange(keyspace: Keyspace, args: Arguments, { by, reverse, limit }: RangeOptions): readonly Scored[] {
  // Backwards, the higher end comes first.
  const [min, max] = reverse ? [3, 2] : [2, 3];
  const choose =
    by === "lex"
      ? readLexRange(args.text(min), args.text(max), reverse)
      : readScoreRange(args.bytes(min), args.bytes(max), reverse);
  const found = choose(readSorted(keyspace, args.bytes(1)));
  if (limit === undefined) return found;
  if (limit.offset < 0) return [];
  return found.slice(limit.offset, limit.count < 0 ? undefined : limit.offset + limit.count);
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
