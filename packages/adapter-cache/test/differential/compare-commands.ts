import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { RawClient } from "../raw-client.js";
import type { RawReply } from "../reply-reader.js";
import { commandSequence } from "./command-arbitrary.js";
import { comparable } from "./comparable.js";
import { emptyDatabases, loadScripts } from "./prepare.js";
import { openRedis, openSide, type RedisAddress, type Side, type SideName } from "./sides.js";

/** How to compare. */
export interface Comparison {
  readonly redis: RedisAddress;
  readonly side: SideName;
  /** @defaultValue 2 */
  readonly protocol?: 2 | 3;
  /** Whether nearly every value of more than one member is kept in several documents. @defaultValue `false` */
  readonly splits?: boolean;
  /** How many sequences of commands. */
  readonly runs: number;
  readonly seed: number;
  /** A fault of the side: what it takes a command for. */
  readonly mistake?: (command: readonly string[]) => readonly string[];
}

/**
 * Sends the same random sequences of commands to a real Redis and to a side, and expects the same replies. What differs is told with the
 * fewest commands that show it.
 *
 * @returns how many commands were sent
 */
export async function compareCommands(comparison: Comparison): Promise<number> {
  const { redis, side: name, protocol = 2, splits = false, runs, seed } = comparison;
  const mistake = comparison.mistake ?? ((command: readonly string[]) => command);
  await using real = openRedis(redis);
  await using side = await openSide(name, redis, splits);
  await loadScripts(real);
  await loadScripts(side);
  let count = 0;
  const property = fc.asyncProperty(commandSequence, async (commands) => {
    fc.pre(!hasPlacesAtInfinity(commands));
    const asked = askOf(real, commands, protocol);
    // Whoever shares the keys of Redis comes after it.
    if (side.sharesKeys) await asked;
    const [expected, found] = await Promise.all([asked, askOf(side, commands.map(mistake), protocol)]);
    deepStrictEqual(comparable(commands, found, { splits }), comparable(commands, expected, { splits }));
    count += commands.length;
  });
  await fc.assert(property, { numRuns: runs, seed });
  return count;
}

/** What a side answers to commands that a client sends to empty databases. */
export async function askOf(
  side: Side,
  commands: readonly (readonly string[])[],
  protocol: 2 | 3 = 2,
): Promise<readonly RawReply[]> {
  const client = new RawClient(await side.open());
  await client.send([...emptyDatabases, ...(protocol === 3 ? [["HELLO", "3"]] : [])]);
  const replies = await client.send(commands);
  client.close();
  return replies;
}

/** Redis makes an integer of the score of a place, and C leaves open what becomes of an infinite one. */
function hasPlacesAtInfinity(commands: readonly (readonly string[])[]): boolean {
  const words = commands.flat().map((word) => word.toLowerCase());
  return words.some((word) => word.startsWith("geo")) && words.some((word) => /^[+-]?inf$/.test(word));
}
