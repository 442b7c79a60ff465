import { ErrorReply } from "../resp/reply.js";
import type { RangeTest } from "./score-range.js";

/** Reads a range of members for sets with equal scores: `[a`, `(a`, `-` for the lowest, `+` for the highest. */
export function readLexRange(min: string, max: string): RangeTest {
  const [low, high] = [readBound(min), readBound(max)];
  return ([member]) => low(member, 1) && high(member, -1);
}

/** Says whether a member is above (1) or below (-1) a bound, or on it where the bound is included. */
type BoundTest = (member: string, direction: 1 | -1) => boolean;

function readBound(text: string): BoundTest {
  if (text === "-") return (_member, direction) => direction === 1;
  if (text === "+") return (_member, direction) => direction === -1;
  const bound = text.slice(1);
  if (text.startsWith("(")) return (member, direction) => (direction === 1 ? member > bound : member < bound);
  if (text.startsWith("[")) return (member, direction) => (direction === 1 ? member >= bound : member <= bound);
  throw new ErrorReply("ERR min or max not valid string range item");
}
