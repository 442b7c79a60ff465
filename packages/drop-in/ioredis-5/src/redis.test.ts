import { once } from "node:events";
import { callReport, countCalls } from "@mecha/adapter-kit";
import { describeWith } from "@mecha/engines/vitest";
import { Redis as Upstream } from "ioredis-upstream";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { clientBehaviour } from "../test/client-behaviour.js";
import { useComponents, type ComponentFolder } from "@mecha/conformance";
import { memory, onRedis } from "../test/components.js";
import { Cluster } from "./cluster.js";
import { Redis } from "./redis.js";

countCalls();

let components: ComponentFolder;

/** How often each command of the cache was counted, since an earlier report if one is given. */
function countsSince(since: Readonly<Record<string, number>> = {}): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operations, type } of callReport().calls) {
    if (type !== "state.redis") continue;
    for (const [name, count] of Object.entries(operations))
      counts[name] = (counts[name] ?? 0) + count - (since[name] ?? 0);
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

describe("on a store in memory", () => {
  beforeAll(async () => {
    components = await useComponents([memory]);
  });
  afterAll(() => components.remove());
  clientBehaviour((options) => new Redis({ ...options }));

  it("takes every form of arguments", async () => {
    for (const client of [
      new Redis(6380),
      new Redis(6380, "tair.example"),
      new Redis(6380, "tair.example", { db: 1 }),
      new Redis("redis://user:secret@tair.example:6380/1"),
      new Redis("/run/redis.sock", { db: 1 }),
      new Redis({ sentinels: [{ host: "sentinel.example", port: 26379 }], name: "orders" }),
      new Redis(),
      (Redis.createClient as (options: object) => Redis)({ host: "tair.example" }), // the original's types take none
      new Cluster([{ host: "tair.example", port: 7000 }, "tair-2.example:7001"]),
    ]) {
      expect(client).toBeInstanceOf(Redis);
      expect(client).toBeInstanceOf(Upstream);
      expect(await client.ping()).toBe("PONG");
      expect(client.options.password).toBeNull();
      await client.quit();
    }
  });

  it("duplicates into its own class", async () => {
    const client = new Redis({ db: 2, keyPrefix: "p:" });
    const twin = client.duplicate();
    expect(twin).toBeInstanceOf(Redis);
    await client.set("shared", "yes");
    expect(await twin.get("shared")).toBe("yes");
    await Promise.all([client.quit(), twin.quit()]);
  });

  it("names what a portable store cannot do", async () => {
    const client = new Redis();
    await expect(client.call("DEBUG", "SLEEP", "0")).rejects.toThrow(
      "ERR DEBUG is not supported by Mecha on state.in-memory: use the traces and metrics of the runtime",
    );
    await client.quit();
  });
});

describeWith("redis", "on a real Redis", (on) => {
  beforeAll(async () => {
    components = await useComponents([onRedis(on.redis.address)]);
  });
  afterAll(() => components.remove());
  clientBehaviour((options) => new Redis({ ...options }));

  it("shares keys with a client that was not migrated", async () => {
    const original = new Upstream(on.redis.port, on.redis.host);
    const client = new Redis({ host: "tair.example" });
    await client.zadd("mixed-fleet", 1, "ours");
    await original.zadd("mixed-fleet", 2, "theirs");
    expect(await client.zrange("mixed-fleet", 0, -1)).toEqual(await original.zrange("mixed-fleet", 0, -1));
    expect(await original.type("mixed-fleet")).toBe("zset");
    await Promise.all([client.quit(), original.quit()]);
  });

  it("blocks and subscribes as Redis does", async () => {
    const [blocked, client] = [new Redis(), new Redis()];
    const popped = blocked.blpop("blocking-list", 5);
    await client.rpush("blocking-list", "item");
    expect(await popped).toEqual(["blocking-list", "item"]);
    const message = once(blocked, "message");
    await blocked.subscribe("a-channel");
    await client.publish("a-channel", "hello");
    expect(await message).toEqual(["a-channel", "hello"]);
    await Promise.all([client.quit(), blocked.quit()]);
  });

  it("counts the commands that Redis counts", async () => {
    const before = countsSince();
    const client = new Redis({ host: "counted" });
    await client.pipeline().set("c", "1").incr("c").lpush("c", "x").exec();
    await client.multi().get("c").incr("c").exec();
    await client.watch("c");
    await client.set("c", "2");
    expect(await client.multi().get("c").exec()).toBeNull();
    await client.multi({ pipeline: false });
    await client.get("c");
    await client.discard();
    await expect(client.call("no-such-command")).rejects.toThrow("unknown command");
    await expect(client.call("get")).rejects.toThrow("wrong number");
    await client.quit();
    expect(countsSince(before)).toEqual({ set: 2, incr: 2, lpush: 1, multi: 3, get: 1, exec: 2, watch: 1, discard: 1 });
  });
});

describe("with wrong settings", () => {
  const retryStrategy = vi.fn(() => 1);
  const failing = async (): Promise<Error> => {
    const client = new Redis({ host: "tair.example", retryStrategy });
    const [[error]] = await Promise.all([
      once(client, "error"),
      expect(client.get("a")).rejects.toThrow(/component|resources/i),
    ]);
    await expect(client.get("b")).rejects.toBe(error);
    expect(retryStrategy).not.toHaveBeenCalled();
    return error as Error;
  };

  it("fails at once where no component could serve, and says what to write", async () => {
    components = await useComponents([{ name: "secrets", type: "secretstores.local.env" }]);
    expect((await failing()).message).toContain("Add a component of type state.* to the resources folder");
    await components.remove();
  });

  it("fails at once where two could serve, and shows the rule to write", async () => {
    components = await useComponents([memory, { name: "other", type: "state.in-memory" }]);
    expect((await failing()).message).toContain('cache: [{ match: { host: "tair.example" }, state: NAME }]');
    await components.remove();
  });

  it("names component and address of a Redis that is down, and retries as the original does", async () => {
    components = await useComponents([onRedis("127.0.0.1:1")]);
    const client = new Redis({ retryStrategy: () => 5, maxRetriesPerRequest: 1 });
    const errors: Error[] = [];
    client.on("error", (error) => errors.push(error));
    await expect(client.get("a")).rejects.toThrow("Reached the max retries per request limit");
    client.disconnect();
    expect(errors[0]?.message).toMatch(/cache.*127\.0\.0\.1:1/s);
    await components.remove();
  });
});
