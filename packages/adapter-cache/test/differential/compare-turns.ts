import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import type { Comparison } from "./compare-commands.js";
import { loadScripts } from "./prepare.js";
import { openRedis, openSide } from "./sides.js";
import { Table } from "./table.js";
import { turns } from "./turn-arbitrary.js";

/**
 * Has several clients take random turns at a real Redis and at a side, and expects that each client receives the same, and waits for
 * others after the same turns.
 *
 * @returns how many commands were sent
 */
export async function compareTurns(comparison: Comparison): Promise<number> {
  const { redis, side: name, protocol = 2, splits = false, runs, seed, mistake } = comparison;
  await using real = openRedis(redis);
  await using side = await openSide(name, redis, splits);
  for (const each of [real, side]) await loadScripts(each);
  await using expecting = await Table.open(real, { protocol, splits });
  await using finding = await Table.open(side, { protocol, splits, mistake });
  let count = 0;
  const property = fc.asyncProperty(turns, async (taken) => {
    const expected = await expecting.play(taken);
    const found = await finding.play(taken, expected);
    deepStrictEqual(found, expected);
    count += taken.reduce((sum, { commands }) => sum + commands.length, 0);
  });
  await fc.assert(property, { numRuns: runs, seed });
  return count;
}
