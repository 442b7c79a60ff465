import { describeWith } from "@mecha/engines/vitest";
import { it } from "vitest";
import { compareWithRedis } from "./differential.js";

describeWith("redis", "many random commands", (on) => {
  it.each([2, 3] as const)(
    "are answered byte for byte as by Redis, in RESP%i",
    async (protocol) => {
      const seed = Date.now();
      await compareWithRedis({ redis: on.redis, store: "state.in-memory", protocol, runs: 5_000, seed });
    },
    600_000,
  );

  it.each(["state.sqlite", "state.redis"] as const)(
    "are answered so by the engine on %s",
    async (store) => {
      await compareWithRedis({ redis: on.redis, store, protocol: 2, runs: 1_000, seed: Date.now() });
    },
    600_000,
  );
});
