import { randomInt } from "node:crypto";
import { ErrorReply } from "../resp/reply.js";
import type { Arguments } from "./arguments.js";
import { notSupported } from "./refusals.js";

const largest = 2n ** 63n - 1n;

/** How many may be asked for that come again: a reply of more would fill the memory. */
const mostRepeated = 2 ** 24;

/** Reads how many members are to be chosen; `undefined` if it is not said. */
export function readCount(args: Arguments): number | undefined {
  if (args.count < 3) return undefined;
  const count = args.integer(2);
  if (count < -largest) {
    throw new ErrorReply(`ERR value is out of range, value must between -${String(largest)} and ${String(largest)}`);
  }
  if (count < -mostRepeated) {
    const what = `${args.text(0).toUpperCase()} of more than ${String(mostRepeated)} at once`;
    throw notSupported(what, "a state store", "ask for fewer, several times");
  }
  return Number(count);
}

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
