import { randomInt } from "node:crypto";

/**
 * Chooses members as SRANDMEMBER and HRANDFIELD do: with a count of 0 or more, so many different ones at most; with a
 * negative one, exactly so many, and the same one may come again.
 */
export function randomMembers<T>(members: readonly T[], count: number): T[] {
  if (members.length === 0) return [];
  if (count < 0)
    return Array.from({ length: -count }, () => members[randomInt(members.length)]).flatMap((member) =>
      member === undefined ? [] : [member],
    );
  const rest = [...members];
  const chosen: T[] = [];
  while (chosen.length < count && rest.length > 0) chosen.push(...rest.splice(randomInt(rest.length), 1));
  return chosen;
}
