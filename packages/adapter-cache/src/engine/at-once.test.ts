import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPortableCache, type PortableCache } from "../../test/portable-cache.js";
import type { SessionStream } from "../session/session-stream.js";
import { ErrorReply, ok } from "../resp/reply.js";

let cache: PortableCache;
beforeEach(async () => {
  cache = await openPortableCache("state.in-memory");
});
afterEach(() => cache[Symbol.asyncDispose]());

/** What a client gets at once for words of ASCII characters; `undefined` if the command has to go the usual way. */
function atOnce(stream: SessionStream, ...words: (string | Buffer)[]): unknown {
  return stream.runAtOnce(String(words[0]), words);
}

/** A bulk string, as a client reads it. */
function bulk(text: string): string {
  return `$${String(text.length)}\r\n${text}`;
}

describe("a command on a value that lies in this process", () => {
  it("is done before the call returns, once its key is in the index", async () => {
    const stream = cache.open();
    expect(atOnce(stream, "get", "a")).toBeNull();
    expect(atOnce(stream, "set", "a", "1")).toBeUndefined();
    expect(await cache.connect().call("SET", "a", "1")).toBe("+OK");
    expect(atOnce(stream, "incr", "a")).toBe(2n);
    expect(atOnce(stream, "set", "a", "x")).toBe(ok);
    expect(String(atOnce(stream, "get", "a"))).toBe("x");
    expect(atOnce(stream, "incr", "a")).toBeInstanceOf(ErrorReply);
    expect(atOnce(stream, "hset", "a", "f", "v")).toMatchObject({
      message: expect.stringMatching("^WRONGTYPE") as string,
    });
    expect(await cache.connect().call("GET", "a")).toEqual(bulk("x"));
    expect(cache.recorded.filter((name) => name === "incr")).toHaveLength(2);
  });

  it("is left to the usual way where its words are wrong, or where it is not known to be safe", async () => {
    const stream = cache.open();
    for (const words of [["get"], ["get", "a", "b"], ["exists", "a", "b"], ["debug", "a"], ["setbit", "a", "1", "1"]]) {
      expect(atOnce(stream, ...words)).toBeUndefined();
    }
    const client = cache.connect();
    expect(await client.send([["MULTI"], ["SET", "a", "1"], ["GET", "a"], ["EXEC"]])).toHaveLength(4);
    expect(String(atOnce(stream, "get", "a"))).toBe("1");
  });

  it("keeps nothing that belongs to its caller", async () => {
    const client = cache.connect();
    await client.send([
      ["SET", "a", "x"],
      ["HSET", "h", "f", "x"],
    ]);
    const stream = cache.open();
    const value = Buffer.from("mine");
    expect(atOnce(stream, "set", "a", value)).toBe(ok);
    expect(atOnce(stream, "hset", "h", "f", value)).toBe(0);
    value.fill(0);
    expect(
      await client.send([
        ["GET", "a"],
        ["HGET", "h", "f"],
      ]),
    ).toEqual([bulk("mine"), bulk("mine")]);
  });

  it("makes a watching transaction fail, and a transaction is seen by it", async () => {
    const client = cache.connect();
    await client.send([
      ["SET", "a", "1"],
      ["WATCH", "a"],
    ]);
    const stream = cache.open();
    expect(atOnce(stream, "set", "a", "1")).toBe(ok);
    expect(await client.send([["MULTI"], ["SET", "a", "2"], ["EXEC"]])).toEqual(["+OK", "+QUEUED", "*-1"]);
    expect(await client.send([["MULTI"], ["SET", "a", "3"], ["EXEC"]])).toMatchObject({ 2: { type: "*" } });
    expect(String(atOnce(stream, "get", "a"))).toBe("3");
  });

  it("lets those who wait for its key have what it stores", async () => {
    const [waiting, other] = [cache.connect(), cache.connect()];
    await other.send([
      ["RPUSH", "l", "x"],
      ["LPOP", "l"],
    ]);
    const popped = waiting.call("BLPOP", "l", "0");
    await waiting.send([]);
    await expect.poll(() => atOnce(cache.open(), "rpush", "l", "y")).toBeUndefined();
    await other.call("RPUSH", "l", "z");
    expect(await popped).toMatchObject({ type: "*" });
  });

  it("is not done at once where the value would become too large for one document", async () => {
    const client = cache.connect();
    await client.call("HSET", "h", "f0", "v");
    const stream = cache.open();
    let count = 0;
    while (atOnce(stream, "hset", "h", `f${String(++count)}`, "v") === 1);
    expect(count).toBeGreaterThan(100);
    await client.call("HSET", "h", ...Array.from({ length: 200 }, (_, index) => [`f${String(index)}`, "v"]).flat());
    // In parts now.
    expect(atOnce(stream, "hget", "h", "f1")).toBeUndefined();
    expect(await client.call("HLEN", "h")).toBe(":200");
    await client.call("HDEL", "h", ...Array.from({ length: 190 }, (_, index) => `f${String(index)}`));
    expect(atOnce(stream, "hlen", "h")).toBe(10);
    expect(atOnce(stream, "set", "h", "x".repeat(70_000))).toBeUndefined();
  });

  it("is a tombstone, and not nothing, where it removed a key", async () => {
    const client = cache.connect();
    await client.send([
      ["SET", "a", "1"],
      ["WATCH", "a"],
    ]);
    const stream = cache.open();
    expect(atOnce(stream, "del", "a")).toBe(1);
    expect(atOnce(stream, "exists", "a")).toBe(0);
    expect(await client.send([["MULTI"], ["GET", "a"], ["EXEC"]])).toEqual(["+OK", "+QUEUED", "*-1"]);
  });

  it("leaves bytes that another reads, also what ends by itself", async () => {
    const client = cache.connect();
    await client.send([
      ["HSET", "h", "f", "1"],
      ["ZADD", "z", "1", "a"],
      ["RPUSH", "l", "a"],
      ["SADD", "s", "a"],
    ]);
    const stream = cache.open();
    expect(atOnce(stream, "hset", "h", "g", "2")).toBe(1);
    expect(atOnce(stream, "zadd", "z", "2", "b")).toBe(1);
    expect(atOnce(stream, "lpush", "l", "b")).toBe(2);
    expect(atOnce(stream, "sadd", "s", "b")).toBe(1);
    expect(atOnce(stream, "expire", "h", "100")).toBe(1);
    // Without places, everything is read from bytes.
    Object.assign(cache.engine.documents, { places: () => undefined });
    expect(atOnce(stream, "hget", "h", "g")).toBeUndefined();
    expect(
      await client.send([
        ["HGETALL", "h"],
        ["ZRANGE", "z", "0", "-1"],
        ["LRANGE", "l", "0", "-1"],
        ["SCARD", "s"],
        ["TTL", "h"],
      ]),
    ).toMatchObject([
      { items: [bulk("f"), bulk("1"), bulk("g"), bulk("2")] },
      { items: [bulk("a"), bulk("b")] },
      { items: [bulk("b"), bulk("a")] },
      ":2",
      ":100",
    ]);
  });
});

describe("commands of many clients", () => {
  it("lose nothing, whichever way each goes", async () => {
    const client = cache.connect();
    await client.call("SET", "sum", "0");
    const clients = Array.from({ length: 16 }, () => cache.connect());
    const script = "return redis.call('incr', 'sum')";
    await Promise.all(
      clients.map(async (each, index) => {
        for (let turn = 0; turn < 30; turn++) {
          if (index % 4 === 0) await each.call("EVAL", script, "0");
          else if (index % 4 === 1) await each.send([["MULTI"], ["INCR", "sum"], ["EXEC"]]);
          else await each.call("INCR", "sum");
        }
      }),
    );
    expect(await client.call("GET", "sum")).toBe(bulk("480"));
  });
});
