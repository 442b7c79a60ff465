import { connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnOwnRedis } from "./own-redis.js";
import { openPortableCache, type PortableCache } from "./portable-cache.js";
import { play, readScenario } from "./scenario.js";
import { RawClient } from "./raw-client.js";
import type { RawReply } from "./reply-reader.js";
import { scenarios } from "./scenarios.js";
import { scriptCommands, scripts } from "./scripts.js";

describeOnOwnRedis("several clients", (on) => {
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

  it.each([2, 3] as const)("get of scripts what they get of Redis, in RESP%i", async (protocol) => {
    const [real, ours] = [new RawClient(connect(on.redis.port, on.redis.host)), cache.connect()];
    for (const client of [real, ours]) await client.call("HELLO", String(protocol));
    const commands = [...scripts, ...scriptCommands];
    const expected = await real.send(commands);
    const found = await ours.send(commands);
    real.close();
    const named = (replies: readonly RawReply[]) =>
      commands.map((command, index) => [command.join(" "), replies[index]]);
    expect(named(found)).toEqual(named(expected));
  });
});
