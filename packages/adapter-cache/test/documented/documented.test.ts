import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnOwnRedis } from "../own-redis.js";
import { openPortableCache, type PortableCache } from "../portable-cache.js";
import { RawClient } from "../raw-client.js";
import { type DocumentedStep, readDocumented, shownReply } from "./documented-cases.js";

const documented = readDocumented(new URL("redis-7.0.txt", import.meta.url));
const edges = readDocumented(new URL("edges-7.0.txt", import.meta.url));
const newer = readDocumented(new URL("redis-7.4.txt", import.meta.url));

/** A database that no other test uses. */
const database = "11";

/** What a server answers to the commands of an example, each after its command. */
async function play(client: RawClient, steps: readonly DocumentedStep[]): Promise<readonly string[]> {
  try {
    await client.send([["SELECT", database], ["FLUSHDB"]]);
    const replies = await client.send(steps.map(({ command }) => command));
    return steps.map(({ line, command }, index) => `${line} → ${shownReply(replies[index]!, command)}`);
  } finally {
    client.close();
  }
}

const expected = (steps: readonly DocumentedStep[]): readonly string[] =>
  steps.map(({ line, reply }) => `${line} → ${reply}`);

describe("examples and errors of the documentation, on the portable engine", () => {
  let cache: PortableCache;
  beforeAll(async () => {
    cache = await openPortableCache("state.in-memory");
  });
  afterAll(() => cache[Symbol.asyncDispose]());

  it.each([...documented, ...edges])("%s answers as Redis 7.0", async (_name, steps) => {
    expect(await play(cache.connect(), steps)).toEqual(expected(steps));
  });

  it.each([...newer])("%s answers as Redis 7.4 documents it", async (_name, steps) => {
    expect(await play(cache.connect(), steps)).toEqual(expected(steps));
  });
});

describeOnOwnRedis("the examples themselves", (on) => {
  it("are what Redis 7.0 answers", async () => {
    for (const steps of [...documented.values(), ...edges.values()])
      expect(await play(new RawClient(connect(on.redis.port, on.redis.host)), steps)).toEqual(expected(steps));
  }, 60_000);
});
