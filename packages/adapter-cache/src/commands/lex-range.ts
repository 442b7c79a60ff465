import { ErrorReply } from "../resp/reply.js";
import type { RankedMembers, Scored } from "../documents/members.js";

/** Says whether a member is on the right side of a bound, the bound itself included or not. */
type BoundTest = (member: string) => boolean;

/** Chooses the members of a sorted set that lie within a range of names. */
export type LexRange = (ranked: RankedMembers) => readonly Scored[];

/**
 * Reads a range of members for sets with equal scores: `[a`, `(a`, `-` for the lowest, `+` for the highest.
 *
 * Redis goes through the set from its first member (backwards: from its last) until one is within the range, and ends
 * with the first that no longer is. With different scores, where the range means little, that shows.
 */
export function readLexRange(min: string, max: string, reverse = false): LexRange {
  const aboveMin = readBound(min, (member, bound) => member > bound, "-");
  const belowMax = readBound(max, (member, bound) => member < bound, "+");
  const [enter, stay] = reverse ? [belowMax, aboveMin] : [aboveMin, belowMax];
  return (ranked) => {
    const sorted = ranked.slice(0, ranked.length);
    const [first, last] = [sorted[0], sorted.at(-1)];
    if (first === undefined || last === undefined || !belowMax(first[0]) || !aboveMin(last[0])) return [];
    const ordered = reverse ? sorted.reverse() : sorted;
    const rest = ordered.slice(ordered.findIndex(([member]) => enter(member)));
    const end = rest.findIndex(([member]) => !stay(member));
    return end < 0 ? rest : rest.slice(0, end);
  };
}

function readBound(text: string, beyond: (member: string, bound: string) => boolean, open: "-" | "+"): BoundTest {
  if (text === "-" || text === "+") return () => text === open;
  const bound = text.slice(1);
  if (text.startsWith("(")) return (member) => beyond(member, bound);
  if (text.startsWith("[")) return (member) => member === bound || beyond(member, bound);
  throw new ErrorReply("ERR min or max not valid string range item");
}
