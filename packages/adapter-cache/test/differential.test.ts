import { describeWith } from "@mecha/engines/vitest";
import { it } from "vitest";
import { compareWithRedis } from "./differential.js";

describeWith("redis", "random commands", (on) => {
  it("are answered byte for byte as by Redis", () =>
    compareWithRedis({ redis: on.redis, store: "state.in-memory", protocol: 2, runs: 300, seed: 20_261_123 }));

  it("are answered so in RESP3 too", () =>
    compareWithRedis({ redis: on.redis, store: "state.in-memory", protocol: 3, runs: 200, seed: 3 }));

  it("are answered so where values are kept in several documents", () =>
    compareWithRedis({ redis: on.redis, store: "state.in-memory", protocol: 2, runs: 200, seed: 7, splits: true }));

  it.each(["state.sqlite", "state.redis"] as const)("are answered so by the engine on %s", (store) =>
    compareWithRedis({ redis: on.redis, store, protocol: 2, runs: 40, seed: 5 }),
  );
});
