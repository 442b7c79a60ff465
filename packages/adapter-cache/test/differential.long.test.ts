import { describeWith } from "@mecha/engines/vitest";
import { it } from "vitest";
import { compareWithRedis } from "./differential.js";

/** Sequences have about fifteen commands each: 200,000 commands. */
const runs = 14_000;
const longMs = 3_600_000;

describeWith("redis", "200,000 random commands", (on) => {
  it.each([
    { protocol: 2, splits: false },
    { protocol: 3, splits: true },
  ] as const)(
    "are answered byte for byte as by Redis, in RESP$protocol, values in parts: $splits",
    (form) => compareWithRedis({ redis: on.redis, store: "state.in-memory", runs, seed: Date.now(), ...form }),
    longMs,
  );

  it.each(["state.sqlite", "state.redis"] as const)(
    "are answered so by the engine on %s, most values in parts",
    (store) => compareWithRedis({ redis: on.redis, store, protocol: 2, runs, seed: Date.now(), splits: true }),
    longMs,
  );
});
