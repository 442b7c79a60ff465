import { connect } from "node:net";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPortableCache, type PortableCache } from "./portable-cache.js";
import { play, readScenario } from "./scenario.js";
import { scenarios } from "./scenarios.js";

describeWith("redis", "several clients", (on) => {
  let cache: PortableCache;
  beforeAll(async () => {
    cache = await openPortableCache("state.in-memory");
  });
  afterAll(() => cache[Symbol.asyncDispose]());

  it.each(Object.entries(scenarios))("receive byte for byte what they receive of Redis: %s", async (_title, text) => {
    const steps = readScenario(text);
    const expected = await play(steps, () => connect(on.redis.port, on.redis.host));
    expect(await play(steps, () => cache.open())).toEqual(expected);
  });
});
