import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Redis } from "ioredis-upstream";
import { afterEach, beforeEach, expect, it } from "vitest";

/** A client of ioredis, as the releases have it in common. */
export type AnyRedis = Redis;

/** What an app may rely on of a client of ioredis, whatever answers behind it. */
export function clientBehaviour(create: (options?: object) => AnyRedis): void {
  let redis: AnyRedis;
  let prefix: string;
  beforeEach(() => {
    prefix = `${randomUUID()}:`;
    redis = create({ keyPrefix: prefix });
  });
  afterEach(() => {
    redis.disconnect();
  });

  it("sets a key once and lets it end", async () => {
    expect(await redis.set("order", "mine", "EX", 5, "NX")).toBe("OK");
    expect(await redis.set("order", "yours", "EX", 5, "NX")).toBeNull();
    expect(await redis.get("order")).toBe("mine");
    expect(await redis.ttl("order")).toBe(5);
    expect(await redis.get("nothing")).toBeNull();
    await redis.set("short", "x", "PX", 1);
    await expect.poll(() => redis.exists("short")).toBe(0);
  });

  it("keeps bytes as they are", async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 124, 124]);
    await redis.set(bytes, bytes);
    expect(await redis.getBuffer(bytes)).toEqual(bytes);
    await redis.set("", "the empty key");
    expect(await redis.get("")).toBe("the empty key");
  });

  it("answers a pipeline in order, errors in their places", async () => {
    const replies = await redis
      .pipeline()
      .set("n", "1")
      .incrby("n", 41)
      .lpush("n", "x")
      .hset("h", { a: "1", b: "2" })
      .hgetall("h")
      .mget("n", "none")
      .exec();
    expect(replies?.[2]?.[0]?.message).toMatch(/^WRONGTYPE/);
    replies?.splice(2, 1);
    expect(replies).toEqual([
      [null, "OK"],
      [null, 42],
      [null, 2],
      [null, { a: "1", b: "2" }],
      [null, ["42", null]],
    ]);
    expect(await redis.hgetall("none")).toEqual({});
  });

  it("keeps a leaderboard", async () => {
    await redis.zincrby("board", 5.5, "bob");
    await redis.zincrby("board", 7, "alice");
    expect(await redis.zrevrange("board", 0, -1, "WITHSCORES")).toEqual(["alice", "7", "bob", "5.5"]);
  });

  it("executes a transaction unless a watched key changed", async () => {
    await redis.mset({ stock: "3", sold: "0" });
    await redis.watch("stock");
    expect(await redis.multi().decrby("stock", 2).incrby("sold", 2).exec()).toEqual([
      [null, 1],
      [null, 2],
    ]);
    const other = create({ keyPrefix: prefix });
    await redis.watch("stock");
    await other.set("stock", "9");
    expect(await redis.multi().decrby("stock", 1).exec()).toBeNull();
    expect(await redis.get("stock")).toBe("9");
    await other.quit();
  });

  it("refuses a transaction with a command that cannot be queued", async () => {
    const transaction = redis.multi().set("a", "1");
    transaction.call("no-such-command");
    await expect(transaction.exec()).rejects.toThrow("EXECABORT Transaction discarded because of previous errors.");
    expect(await redis.exists("a")).toBe(0);
  });

  it("selects databases", async () => {
    await redis.set("where", "0");
    await redis.select(3);
    expect(await redis.get("where")).toBeNull();
    const third = create({ keyPrefix: prefix, db: 3 });
    await third.set("where", "3");
    expect(await redis.getdel("where")).toBe("3");
    await third.quit();
  });

  it("calls back, and takes commands before it is connected", async () => {
    const lazy = create({ keyPrefix: prefix, lazyConnect: true });
    expect(lazy.status).toBe("wait");
    const reply = await new Promise((resolve) => {
      void lazy.set("early", "1", (_error, value) => resolve(value));
    });
    expect(reply).toBe("OK");
    await lazy.quit();
  });

  it("tells of its life by the original's events, and ends after quit", async () => {
    const statuses: string[] = [];
    const client = create();
    for (const status of ["connecting", "connect", "ready", "close", "reconnecting", "end"])
      client.on(status, () => statuses.push(status));
    await once(client, "ready");
    const ended = once(client, "end");
    expect(await client.quit()).toBe("OK");
    await ended;
    expect(statuses).toEqual(["connecting", "connect", "ready", "close", "end"]);
    await expect(client.get("a")).rejects.toThrow("Connection is closed.");
  });

  it("connects anew after a lost connection", async () => {
    await redis.set("kept", "1");
    redis.stream.destroy();
    await once(redis, "reconnecting");
    expect(await redis.get("kept")).toBe("1");
  });

  it("takes the credentials of the old middleware and keeps them to itself", async () => {
    const client = create({ username: "app", password: "secret", keyPrefix: prefix });
    expect(await client.set("a", "1")).toBe("OK");
    expect(await client.auth("app", "secret")).toBe("OK");
    expect(await client.pipeline().auth("secret").get("a").exec()).toEqual([
      [null, "OK"],
      [null, "1"],
    ]);
    await client.quit();
  });
}
