import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPortableCache, type PortableCache } from "../../../test/portable-cache.js";
import { Engine } from "../../engine/engine.js";
import { SessionStream } from "../../session/session-stream.js";
import { RawClient } from "../../../test/raw-client.js";
import type { DocumentChange } from "../documents.js";

let cache: PortableCache;
let client: RawClient;
/** The changes of every write since the last look. */
let writes: (readonly DocumentChange[])[];

const members = 3_000;
const numbers = Array.from({ length: members }, (_, index) => index);

beforeEach(async () => {
  cache = await openPortableCache("state.in-memory");
  client = cache.connect();
  writes = [];
  const { documents } = cache.engine;
  const write = documents.write.bind(documents);
  Object.assign(documents, {
    // What is done where values lie is no write.
    places: () => undefined,
    write(changes: readonly DocumentChange[]) {
      writes.push(changes);
      return write(changes);
    },
  });
});
afterEach(() => cache[Symbol.asyncDispose]());

async function fill(): Promise<void> {
  await client.send([
    ["HSET", "h", ...numbers.flatMap((each) => [`f${String(each)}`, `value-${String(each)}`])],
    ["RPUSH", "l", ...numbers.map((each) => `item-${String(each)}`)],
    ["SADD", "s", ...numbers.map((each) => `m${String(each)}`)],
    ["ZADD", "z", ...numbers.flatMap((each) => [String(each), `m${String(each)}`])],
  ]);
  writes = [];
}

/** How many bytes and documents a command writes. */
async function cost(...command: string[]): Promise<{ bytes: number; documents: number }> {
  writes = [];
  const reply = await client.call(...command);
  expect(typeof reply === "string" && reply.startsWith("-")).toBe(false);
  const changes = writes.flat();
  return { bytes: changes.reduce((sum, { bytes }) => sum + bytes.length, 0), documents: changes.length };
}

/** How many documents with parts of values are in the store, removed ones not counted. */
async function partsLeft(names: Iterable<string>): Promise<number> {
  const stored = await cache.engine.documents.read([...names]);
  return [...stored.values()].filter(({ bytes }) => bytes[1] !== 0).length;
}

describe("a value of many members", () => {
  it.each([
    ["HSET", "h", "f7", "other"],
    ["HDEL", "h", "f8"],
    ["HINCRBY", "h", "new", "1"],
    ["SADD", "s", "new"],
    ["SREM", "s", "m5"],
    ["RPUSH", "l", "new"],
    ["LPUSH", "l", "new"],
    ["LPOP", "l"],
    ["RPOP", "l"],
    ["LSET", "l", "1500", "other"],
    ["ZADD", "z", "77.5", "new"],
    ["ZINCRBY", "z", "1000", "m3"],
    ["ZREM", "z", "m9"],
    ["ZPOPMIN", "z"],
  ])("is changed by %s without being written as a whole", async (...command) => {
    await fill();
    const { bytes, documents } = await cost(...command);
    expect(documents).toBeLessThanOrEqual(5);
    // As a whole, each of them has more than 30,000 bytes.
    expect(bytes).toBeLessThan(8_000);
  });

  it("is one document again when few are left, and its parts are gone", async () => {
    await fill();
    const names = new Set<string>();
    const note = (): void => {
      for (const { name } of writes.flat()) if (name.startsWith("cache-part:")) names.add(name);
    };
    await client.call("PEXPIRE", "s", "100000");
    note();
    expect(names.size).toBeGreaterThan(20);
    await client.call("SREM", "s", ...numbers.slice(20).map((each) => `m${String(each)}`));
    note();
    expect(await client.call("SCARD", "s")).toBe(":20");
    expect(await partsLeft(names)).toBe(0);
    expect((await cost("SADD", "s", "new")).documents).toBe(1);
    expect(await client.call("PTTL", "s")).toMatch(/^:[1-9]\d{4}/);
  });

  it("leaves nothing behind when its key is removed, replaced or given another type", async () => {
    await fill();
    await client.send(["h", "l", "s", "z"].map((key) => ["EXPIRE", key, "1000"]));
    const names = new Set(
      writes
        .flat()
        .map(({ name }) => name)
        .filter((name) => name.startsWith("cache-part:")),
    );
    expect(await partsLeft(names)).toBe(names.size);
    await client.send([
      ["DEL", "h"],
      ["RENAME", "l", "s"],
      ["SET", "s", "text"],
      ["SINTERSTORE", "z", "none"],
    ]);
    expect(await partsLeft(names)).toBe(0);
  });

  it("is renamed without its parts, and copied with them", async () => {
    await fill();
    // Both keys, and the index of keys.
    expect((await cost("RENAME", "h", "other")).documents).toBe(3);
    await client.send([
      ["COPY", "other", "copy"],
      ["HSET", "copy", "f1", "changed"],
    ]);
    expect(await client.call("HGET", "other", "f1")).toBe("$7\r\nvalue-1");
    expect(await client.call("HLEN", "copy")).toBe(`:${String(members)}`);
  });

  it("ends with its key, whose end may be put off without writing all of it", async () => {
    await fill();
    expect((await cost("EXPIRE", "h", "1000")).documents).toBeGreaterThan(20);
    expect((await cost("EXPIRE", "h", "1500")).documents).toBe(1);
    expect((await cost("HSET", "h", "f1", "x")).documents).toBe(2);
    expect(writes.flat().map(({ ttlSeconds }) => ttlSeconds !== undefined && ttlSeconds >= 1500)).toEqual([true, true]);
    expect((await cost("PERSIST", "h")).documents).toBeGreaterThan(20);
  });

  it("has fields that end by themselves, wherever they are", async () => {
    await fill();
    await client.call("HPEXPIRE", "h", "1", "FIELDS", "3", "f1", "f2000", "f2999");
    const deadline = performance.now() + 20;
    while (performance.now() < deadline) await client.call("PING");
    expect(await client.call("HLEN", "h")).toBe(`:${String(members - 3)}`);
    expect(await client.call("HMGET", "h", "f1", "f2")).toEqual({ type: "*", items: ["$-1", "$7\r\nvalue-2"] });
  });

  it("is read across its parts in order", async () => {
    await fill();
    const middle = ["item-1499", "item-1500", "item-1501"].map((item) => `$9\r\n${item}`);
    expect(await client.call("LRANGE", "l", "1499", "1501")).toEqual({ type: "*", items: middle });
    expect(await client.call("ZRANK", "z", "m2345")).toBe(":2345");
    expect(await client.call("ZCOUNT", "z", "(10", "2000")).toBe(":1990");
    const top = await client.call("ZREVRANGEBYSCORE", "z", "+inf", "-inf", "LIMIT", "1", "1");
    expect(top).toEqual({ type: "*", items: ["$5\r\nm2998"] });
  });

  it("is the same for several processes that change it at once", async () => {
    await fill();
    const liveness = { ref: () => undefined, unref: () => undefined };
    const others = [1, 2].map(() => {
      const engine = new Engine(cache.engine.documents);
      return new RawClient(new SessionStream(engine, { record: () => undefined, liveness }));
    });
    const counts = [client, ...others].map((each, index) =>
      each.send(
        numbers.slice(0, 300).map((number) => ["HINCRBY", "h", `n${String(number % 7)}-${String(index)}`, "1"]),
      ),
    );
    await Promise.all(counts);
    expect(await client.call("HLEN", "h")).toBe(`:${String(members + 21)}`);
  });

  it("stays one document where a store cannot change several at once", async () => {
    const plain = await openPortableCache("state.in-memory", { atomic: false });
    const other = plain.connect();
    await other.call("SADD", "s", ...numbers.map(String));
    expect(await other.call("SCARD", "s")).toBe(`:${String(members)}`);
    await plain[Symbol.asyncDispose]();
  });
});
