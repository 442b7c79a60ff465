import { parseTextOfC } from "../numbers/double.js";
import { ErrorReply } from "../resp/reply.js";
import type { RankedMembers } from "../documents/members.js";

interface Bound {
  readonly score: number;
  readonly exclusive: boolean;
}

/** Finds which ranks of a sorted set a range is about: from one to before another. */
export type RankRange = (ranked: RankedMembers) => readonly [start: number, stop: number];

/** Reads a range of scores: `1`, `(1` for more than 1, `-inf`. */
export function readScoreRange(min: Buffer, max: Buffer): RankRange {
  const [low, high] = [readBound(min), readBound(max)];
  return (ranked) => {
    if (low.score > high.score) return [0, 0];
    const start = countBefore(ranked, low.score, low.exclusive);
    return [start, Math.max(start, countBefore(ranked, high.score, !high.exclusive))];
  };
}

/** How many have a lower score, or also this one. */
function countBefore(ranked: RankedMembers, score: number, included: boolean): number {
  // Nothing comes before the member without bytes.
  return included ? ranked.countBefore(score) : ranked.countBefore(score, "");
}

function readBound(bytes: Buffer): Bound {
  const exclusive = bytes[0] === exclusiveMark;
  const number = exclusive ? bytes.subarray(1) : bytes;
  const score = parseTextOfC(number);
  if (score === undefined) throw new ErrorReply("ERR min or max is not a float");
  return { score, exclusive };
}

const exclusiveMark = "(".charCodeAt(0);
