import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import { compareCommands } from "./compare-commands.js";

/** Sequences have about fifteen commands each: 200,000 commands. */
const runs = 14_000;
const longMs = 3_600_000;

describeWith("redis", "200,000 random commands", (on) => {
  it.each([
    { side: "state.in-memory", protocol: 2, splits: false },
    { side: "state.in-memory", protocol: 3, splits: true },
    { side: "state.sqlite", protocol: 2, splits: true },
    { side: "state.redis", protocol: 3, splits: true },
    { side: "native", protocol: 2, splits: false },
  ] as const)(
    "are answered byte for byte as by Redis on $side, in RESP$protocol, values in parts: $splits",
    async (form) => {
      const commands = await compareCommands({ redis: on.redis, runs, seed: Date.now(), ...form });
      expect(commands).toBeGreaterThan(200_000);
    },
    longMs,
  );
});
