import { once } from "node:events";
import { useComponents, type ComponentFolder } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { Redis as Original } from "ioredis-6-upstream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientBehaviour, type AnyRedis } from "../../ioredis-5/test/client-behaviour.js";
import { memory, onRedis } from "../../ioredis-5/test/components.js";
import { Cluster } from "./cluster.js";
import { Redis } from "./redis.js";

let components: ComponentFolder;

// What ioredis 5 and 6 have in common is all that the shared tests use, though their types differ.
const create = (options?: object): AnyRedis => new Redis({ ...options }) as unknown as AnyRedis;

/** What only ioredis 6 has: RESP3, and replies as it maps them. */
function sixthRelease(): void {
  it("talks RESP3 unless the app wants RESP2", async () => {
    for (const protocol of [3, 2] as const) {
      const client = new Redis({ protocol });
      const hello = (await client.call("HELLO")) as readonly unknown[];
      expect(hello.slice(4, 6)).toEqual(["proto", protocol]);
      await client.quit();
    }
  });

  it("gives replies in the shape of RESP2 unless the app wants RESP3's", async () => {
    const [legacy, own] = [new Redis(), new Redis({ replyMapping: "resp3" })];
    await legacy.del("shapes", "board");
    await legacy.hset("shapes", "a", "1");
    await legacy.zadd("board", 1.5, "m");
    expect(await legacy.zrange("board", "0", "-1", "WITHSCORES")).toEqual(["m", "1.5"]);
    expect(await own.zrange("board", "0", "-1", "WITHSCORES")).toEqual([["m", 1.5]]);
    expect(await legacy.hgetall("shapes")).toEqual({ a: "1" });
    expect(await own.hgetall("shapes")).toEqual({ a: "1" });
    expect(await legacy.zscore("board", "m")).toBe("1.5");
    expect(await own.zscore("board", "m")).toBe(1.5);
    await Promise.all([legacy.quit(), own.quit()]);
  });

  it("does other work on a connection that is subscribed, as RESP3 allows", async () => {
    const client = new Redis();
    await client.subscribe("channel");
    const heard = once(client, "message");
    expect(await client.publish("channel", "hello")).toBe(1);
    expect(await heard).toEqual(["channel", "hello"]);
    await client.quit();
  });
}

describe("on a store in memory", () => {
  beforeAll(async () => {
    components = await useComponents([memory]);
  });
  afterAll(() => components.remove());
  clientBehaviour(create);
  sixthRelease();

  it("takes every form of arguments", async () => {
    for (const client of [
      new Redis(6380),
      new Redis(6380, "tair.example"),
      new Redis("rediss://user:secret@tair.example:6380/1"),
      new Redis({ sentinels: [{ host: "sentinel.example", port: 26379 }], name: "orders" }),
      new Cluster([{ host: "tair.example", port: 7000 }, "tair-2.example:7001"]),
    ]) {
      expect(client).toBeInstanceOf(Redis);
      expect(client).toBeInstanceOf(Original);
      expect(await client.ping()).toBe("PONG");
      expect(client.options.password).toBeNull();
      await client.quit();
    }
  });
});

describeWith("redis", "on a real Redis", (on) => {
  beforeAll(async () => {
    components = await useComponents([onRedis(on.redis.address)]);
  });
  afterAll(() => components.remove());
  clientBehaviour(create);
  sixthRelease();

  it("shares keys with a client that was not migrated", async () => {
    const original = new Original(on.redis.port, on.redis.host);
    const client = new Redis({ host: "tair.example" });
    await client.zadd("mixed-fleet", 1, "ours");
    await original.zadd("mixed-fleet", 2, "theirs");
    expect(await client.zrange("mixed-fleet", "0", "-1")).toEqual(await original.zrange("mixed-fleet", "0", "-1"));
    await Promise.all([client.quit(), original.quit()]);
  });
});
