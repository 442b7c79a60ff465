import { parseDouble } from "../numbers/double.js";
import { ErrorReply } from "../resp/reply.js";
import type { Scored } from "./sorted-sets.js";

interface Bound {
  readonly score: number;
  readonly exclusive: boolean;
}

/** Says whether a member is within a range. */
export type RangeTest = (scored: Scored) => boolean;

/** Reads a range of scores: `1`, `(1` for more than 1, `-inf`. */
export function readScoreRange(min: Buffer, max: Buffer): RangeTest {
  const [low, high] = [readBound(min), readBound(max)];
  return ([, score]) =>
    (low.exclusive ? score > low.score : score >= low.score) && (high.exclusive ? score < high.score : score <= high.score);
}

function readBound(bytes: Buffer): Bound {
  const exclusive = bytes[0] === exclusiveMark;
  const score = parseDouble(exclusive ? bytes.subarray(1) : bytes);
  if (score === undefined) throw new ErrorReply("ERR min or max is not a float");
  return { score, exclusive };
}

const exclusiveMark = "(".charCodeAt(0);
