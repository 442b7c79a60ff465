import { describeOnOwnRedis } from "../own-redis.js";
import { describe, expect, it } from "vitest";
import { askOf, compareCommands } from "./compare-commands.js";
import { compareTurns } from "./compare-turns.js";
import { foundDifferences, foundDifferencesOfTurns } from "./found-differences.js";
import { openRedis, openSide } from "./sides.js";
import { Table } from "./table.js";

/** Machines that do much else besides take their time. */
const limitMs = 120_000;

// All in one file: the comparisons share one Redis.
describeOnOwnRedis("random commands", (on) => {
  it.each([
    { side: "state.in-memory", runs: 120 },
    { side: "state.in-memory", runs: 80, protocol: 3 },
    { side: "state.in-memory", runs: 80, splits: true },
    { side: "state.sqlite", runs: 15 },
    { side: "state.redis", runs: 15 },
    { side: "native", runs: 30 },
  ] as const)(
    "are answered byte for byte as by Redis: %o",
    async (form) => {
      await compareCommands({ redis: on.redis, seed: 20_261_123, ...form });
    },
    limitMs,
  );

  it.each([
    { side: "state.in-memory", runs: 40 },
    { side: "state.in-memory", runs: 20, protocol: 3, splits: true },
    { side: "state.sqlite", runs: 8 },
    { side: "state.redis", runs: 8 },
    { side: "native", runs: 20 },
  ] as const)(
    "of several clients that take turns are answered so too, messages and what is waited for included: %o",
    async (form) => {
      await compareTurns({ redis: on.redis, seed: 11, ...form });
    },
    limitMs,
  );

  it.each(Object.entries(foundDifferences))(
    "that were once answered otherwise are not any more: %s",
    async (_title, commands) => {
      await using real = openRedis(on.redis);
      await using side = await openSide("state.in-memory", on.redis, false);
      expect(await askOf(side, commands)).toEqual(await askOf(real, commands));
    },
  );

  it.each(Object.entries(foundDifferencesOfTurns))(
    "of several clients that were once answered otherwise are not any more: %s",
    async (_title, turns) => {
      await using real = openRedis(on.redis);
      await using side = await openSide("state.in-memory", on.redis, true);
      await using expecting = await Table.open(real, { protocol: 3, splits: true });
      await using finding = await Table.open(side, { protocol: 3, splits: true });
      const expected = await expecting.play(turns);
      expect(await finding.play(turns, expected)).toEqual(expected);
    },
    limitMs,
  );

  describe("of a side with a fault", () => {
    const told = /Counterexample: (.*)/u;
    /** The commands by which a comparison tells a fault. */
    const toldOf = async (comparison: Promise<unknown>): Promise<string> =>
      comparison.then(
        () => "nothing",
        (error: unknown) => told.exec(String(error))?.[1] ?? String(error),
      );
    it(
      "show it in few commands: a pop from the wrong end",
      async () => {
        const mistake = ([name = "", ...words]: readonly string[]) => [name === "LPOP" ? "RPOP" : name, ...words];
        const shown = await toldOf(
          compareCommands({ redis: on.redis, side: "state.in-memory", runs: 500, seed: 1, mistake }),
        );
        expect(shown).toContain('"LPOP"');
        expect(shown.length).toBeLessThan(500);
      },
      limitMs,
    );
  });
});
