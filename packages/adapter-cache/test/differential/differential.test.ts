import { describeWith } from "@mecha/engines/vitest";
import { it } from "vitest";
import { compareCommands } from "./compare-commands.js";

describeWith("redis", "random commands", (on) => {
  it("are answered byte for byte as by Redis", async () => {
    await compareCommands({ redis: on.redis, side: "state.in-memory", runs: 300, seed: 20_261_123 });
  });

  it("are answered so in RESP3 too", async () => {
    await compareCommands({ redis: on.redis, side: "state.in-memory", protocol: 3, runs: 200, seed: 3 });
  });

  it("are answered so where values are kept in several documents", async () => {
    await compareCommands({ redis: on.redis, side: "state.in-memory", runs: 200, seed: 7, splits: true });
  });

  it.each(["state.sqlite", "state.redis", "native"] as const)("are answered so on %s", async (side) => {
    await compareCommands({ redis: on.redis, side, runs: 40, seed: 5 });
  });
});
