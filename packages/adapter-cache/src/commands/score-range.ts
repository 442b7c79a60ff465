import { parseDouble } from "../numbers/double.js";
import { ErrorReply } from "../resp/reply.js";
import type { Scored } from "./sorted-sets.js";

interface Bound {
  readonly score: number;
  readonly exclusive: boolean;
}

/** Chooses the members of a sorted set whose scores lie within a range. */
export type ScoreRange = (sorted: readonly Scored[]) => readonly Scored[];

/** Reads a range of scores: `1`, `(1` for more than 1, `-inf`; backwards, the highest score comes first. */
export function readScoreRange(min: Buffer, max: Buffer, reverse = false): ScoreRange {
  const [low, high] = [readBound(min), readBound(max)];
  const within = ([, score]: Scored): boolean =>
    (low.exclusive ? score > low.score : score >= low.score) &&
    (high.exclusive ? score < high.score : score <= high.score);
  return (sorted) => (reverse ? sorted.filter(within).reverse() : sorted.filter(within));
}

function readBound(bytes: Buffer): Bound {
  const exclusive = bytes[0] === exclusiveMark;
  const number = exclusive ? bytes.subarray(1) : bytes;
  // Nothing is 0 here: C's strtod reads it so, and Redis only looks whether something is left over.
  const score = number.length === 0 ? 0 : parseDouble(number);
  if (score === undefined) throw new ErrorReply("ERR min or max is not a float");
  return { score, exclusive };
}

const exclusiveMark = "(".charCodeAt(0);
