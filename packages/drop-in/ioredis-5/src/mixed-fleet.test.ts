import { once } from "node:events";
import { describeWith } from "@mecha/engines/vitest";
import { Redis as Original } from "ioredis-upstream";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { useComponents, type ComponentFolder } from "@mecha/conformance";
import { onRedis } from "../test/components.js";
import { Redis } from "./redis.js";

const binary = Buffer.from([0, 13, 10, 255, 128]);

/** Writes every kind of value that the example uses, and a few more. */
async function write(client: Original, prefix: string): Promise<void> {
  await client.set(`${prefix}:text`, "grün", "PX", 60_000);
  await client.set(`${prefix}:bytes`, binary);
  await client.incrby(`${prefix}:counter`, 41);
  await client.hset(`${prefix}:hash`, { sku: "a-1", quantity: "3" });
  await client.rpush(`${prefix}:list`, "first", "second");
  await client.sadd(`${prefix}:set`, "member");
  await client.zadd(`${prefix}:board`, 1.5, "low", 20, "high");
  await client.xadd(`${prefix}:stream`, "1-1", "field", "value");
}

/** What a client finds of it. */
async function read(client: Original, prefix: string) {
  const left = await client.pttl(`${prefix}:text`);
  return {
    text: await client.get(`${prefix}:text`),
    expires: left > 0 && left <= 60_000,
    bytes: await client.getBuffer(`${prefix}:bytes`),
    counter: await client.incr(`${prefix}:counter`),
    hash: await client.hgetall(`${prefix}:hash`),
    list: await client.lrange(`${prefix}:list`, 0, -1),
    set: await client.smembers(`${prefix}:set`),
    board: await client.zrevrange(`${prefix}:board`, 0, -1, "WITHSCORES"),
    stream: await client.xrange(`${prefix}:stream`, "-", "+"),
    types: await Promise.all(
      ["text", "hash", "list", "set", "board", "stream"].map((name) => client.type(`${prefix}:${name}`)),
    ),
  };
}

const expected = {
  text: "grün",
  expires: true,
  bytes: binary,
  counter: 42,
  hash: { sku: "a-1", quantity: "3" },
  list: ["first", "second"],
  set: ["member"],
  board: ["high", "20", "low", "1.5"],
  stream: [["1-1", ["field", "value"]]],
  types: ["string", "hash", "list", "set", "zset", "stream"],
};

describeWith("redis", "an app that has moved and one that has not, on one Redis", (on) => {
  let components: ComponentFolder;
  let original: Original;
  let moved: Redis;
  let prefix = 0;

  beforeAll(async () => {
    components = await useComponents([onRedis(on.redis.address)]);
    original = new Original(on.redis.port, on.redis.host);
    moved = new Redis({ host: "r-old.redis.internal", password: "legacy" });
  });
  beforeEach(() => {
    prefix++;
  });
  afterAll(async () => {
    await Promise.all([original.quit(), moved.quit()]);
    await components.remove();
  });

  it("lets plain ioredis read what the drop-in wrote", async () => {
    await write(moved, `fleet:${prefix}`);
    expect(await read(original, `fleet:${prefix}`)).toEqual(expected);
  });

  it("lets the drop-in read what plain ioredis wrote", async () => {
    await write(original, `fleet:${prefix}`);
    expect(await read(moved, `fleet:${prefix}`)).toEqual(expected);
  });

  it("notices in WATCH what the other wrote", async () => {
    const key = `fleet:${prefix}:watched`;
    await moved.watch(key);
    await original.set(key, "theirs");
    expect(await moved.multi().set(key, "ours").exec()).toBeNull();
    expect(await original.get(key)).toBe("theirs");
  });

  it("carries published messages both ways", async () => {
    const channel = `fleet:${prefix}:channel`;
    const [movedListener, originalListener] = [moved.duplicate(), original.duplicate()];
    await Promise.all([movedListener.subscribe(channel), originalListener.subscribe(channel)]);
    const heard = Promise.all([once(movedListener, "message"), once(originalListener, "message")]);
    await original.publish(channel, "from the original");
    expect(await heard).toEqual([
      [channel, "from the original"],
      [channel, "from the original"],
    ]);
    const answered = once(originalListener, "message");
    await moved.publish(channel, "from the drop-in");
    expect(await answered).toEqual([channel, "from the drop-in"]);
    await Promise.all([movedListener.quit(), originalListener.quit()]);
  });

  it("lets the drop-in wait for what plain ioredis pushes", async () => {
    const key = `fleet:${prefix}:queue`;
    const waiting = moved.blpop(key, 5);
    await original.rpush(key, "job");
    expect(await waiting).toEqual([key, "job"]);
  });
});
