import { describeOnOwnRedis } from "../own-redis.js";
import { expect, it } from "vitest";
import { type Comparison, compareCommands } from "./compare-commands.js";
import { compareTurns } from "./compare-turns.js";

const longMs = 3_600_000;

/** CI asks the same each time, so that a commit is not refused for what was there before it; elsewhere each run looks further. */
const seed = process.env["CI"] === undefined ? Date.now() : 20_261_124;

/** Sides with a way to ask them: each is asked 200,000 commands. */
const forms: readonly Pick<Comparison, "side" | "protocol" | "splits">[] = [
  { side: "state.in-memory", protocol: 2, splits: false },
  { side: "state.in-memory", protocol: 3, splits: true },
  { side: "state.sqlite", protocol: 2, splits: true },
  { side: "state.redis", protocol: 3, splits: true },
  { side: "native", protocol: 2, splits: false },
];

describeOnOwnRedis("200,000 random commands", (on) => {
  it.each(forms)(
    "are answered byte for byte as by Redis on $side, in RESP$protocol, values in parts: $splits",
    async (form) => {
      // Sequences have about fifteen commands each.
      const commands = await compareCommands({ redis: on.redis, runs: 14_000, seed, ...form });
      expect(commands).toBeGreaterThan(200_000);
    },
    longMs,
  );

  it(
    "of several clients that take turns are answered so natively",
    async () => {
      const commands = await compareTurns({ redis: on.redis, side: "native", runs: 3_000, seed });
      expect(commands).toBeGreaterThan(30_000);
    },
    longMs,
  );
});
