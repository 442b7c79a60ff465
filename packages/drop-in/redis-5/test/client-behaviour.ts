import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { createClient } from "redis-5-upstream";
import { afterEach, beforeEach, expect, it } from "vitest";

/** A client of node-redis, as the releases have it in common. */
export type AnyClient = ReturnType<typeof createClient>;

/** What differs between the releases. */
export interface Release {
  readonly create: (options?: object) => AnyClient;
  /** What a score is given as. */
  readonly end: (client: AnyClient) => unknown;
}

/** What an app may rely on of a client of node-redis, whatever answers behind it. */
export function clientBehaviour({ create, end }: Release): void {
  let client: AnyClient;
  let prefix: string;
  beforeEach(async () => {
    prefix = `${randomUUID()}:`;
    client = create();
    client.on("error", () => undefined);
    await client.connect();
  });
  afterEach(async () => {
    if (client.isOpen) await end(client);
  });
  const key = (name: string): string => prefix + name;

  it("sets a key once and lets it end", async () => {
    expect(await client.set(key("order"), "mine", { EX: 5, NX: true })).toBe("OK");
    expect(await client.set(key("order"), "yours", { EX: 5, NX: true })).toBeNull();
    expect(await client.get(key("order"))).toBe("mine");
    expect(await client.ttl(key("order"))).toBe(5);
    expect(await client.get(key("nothing"))).toBeNull();
  });

  it("gives replies in the original's shapes", async () => {
    await client.hSet(key("hash"), { sku: "a-1", quantity: "3" });
    expect({ ...(await client.hGetAll(key("hash"))) }).toEqual({ sku: "a-1", quantity: "3" });
    expect({ ...(await client.hGetAll(key("none"))) }).toEqual({});
    await client.zAdd(key("board"), [
      { score: 5.5, value: "bob" },
      { score: 7, value: "alice" },
    ]);
    expect(await client.zRangeWithScores(key("board"), 0, -1)).toEqual([
      { value: "bob", score: 5.5 },
      { value: "alice", score: 7 },
    ]);
    expect(await client.mGet([key("hash-of-nothing"), key("none")])).toEqual([null, null]);
    await client.sAdd(key("set"), ["one"]);
    expect([...(await client.sMembers(key("set")))]).toEqual(["one"]);
  });

  it("executes a transaction, and not after a watched key changed", async () => {
    await client.set(key("stock"), "3");
    expect(await client.multi().decrBy(key("stock"), 2).get(key("stock")).exec()).toEqual([1, "1"]);
    const other = create();
    await other.connect();
    await client.watch(key("stock"));
    await other.set(key("stock"), "9");
    await expect(client.multi().decr(key("stock")).exec()).rejects.toThrow(
      "One (or more) of the watched keys has been changed",
    );
    await end(other);
  });

  it("rejects with the server's error", async () => {
    await client.set(key("text"), "x");
    await expect(client.lPush(key("text"), "y")).rejects.toThrow(/^WRONGTYPE/u);
    await expect(client.sendCommand(["NO-SUCH-COMMAND"])).rejects.toThrow(/^ERR unknown command/u);
  });

  it("walks over keys", async () => {
    await client.mSet([key("a"), "1", key("b"), "2"]);
    const found: string[] = [];
    for await (const batch of client.scanIterator({ MATCH: `${prefix}*` })) found.push(...[batch].flat());
    expect(found.sort()).toEqual([key("a"), key("b")]);
  });

  it("hears what others publish", async () => {
    const listener = client.duplicate();
    await listener.connect();
    const heard = new Promise((resolve) => {
      void listener
        .subscribe(key("channel"), (message, channel) => resolve([message, channel]))
        .then(() => client.publish(key("channel"), "hello"));
    });
    expect(await heard).toEqual(["hello", key("channel")]);
    await end(listener);
  });

  it("waits for an element that another client pushes", async () => {
    const other = client.duplicate();
    await other.connect();
    const popped = client.blPop(key("queue"), 5);
    await other.rPush(key("queue"), "job");
    expect({ ...(await popped) }).toEqual({ key: key("queue"), element: "job" });
    await end(other);
  });

  it("selects databases", async () => {
    await client.set(key("where"), "0");
    const third = create({ database: 3 });
    await third.connect();
    expect(await third.get(key("where"))).toBeNull();
    await end(third);
  });

  it("takes address, credentials and TLS of the old middleware and keeps them to itself", async () => {
    for (const options of [
      { url: "rediss://app:secret@tair.example:6380/0" },
      { socket: { host: "tair.example", port: 6380, tls: true }, username: "app", password: "secret" },
      { socket: { path: "/run/redis.sock" }, name: "orders" },
    ]) {
      const given = structuredClone(options);
      const legacy = create(given);
      await legacy.connect();
      expect(await legacy.ping()).toBe("PONG");
      expect(await legacy.clientGetName()).toBe("name" in options ? "orders" : null);
      expect(given).toEqual(options);
      await end(legacy);
    }
    expect(() => create({ url: "http://tair.example" })).toThrow("Invalid protocol");
  });

  it("tells of its life by the original's events, and ends for good", async () => {
    const events: string[] = [];
    const other = create();
    for (const event of ["connect", "ready", "reconnecting", "end"]) other.on(event, () => events.push(event));
    await other.connect();
    expect([other.isOpen, other.isReady]).toEqual([true, true]);
    const ended = once(other, "end");
    await end(other);
    await ended;
    expect(events).toEqual(["connect", "ready", "end"]);
    expect(other.isOpen).toBe(false);
    await expect(other.get("a")).rejects.toThrow("The client is closed");
  });

  it("runs scripts", async () => {
    const script = "return {KEYS[1], ARGV[1]}";
    expect(await client.eval(script, { keys: ["k"], arguments: ["v"] })).toEqual(["k", "v"]);
  });
}
