import { describeWith } from "@mecha/engines/vitest";
import { it } from "vitest";
import { compareCommands } from "./compare-commands.js";
import { compareTurns } from "./compare-turns.js";

/** Machines that do much else besides take their time. */
const limitMs = 120_000;

// All in one file: the comparisons share the keys and channels of one Redis.
describeWith("redis", "random commands", (on) => {
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
});
