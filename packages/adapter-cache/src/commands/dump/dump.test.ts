import { connect } from "node:net";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPortableCache, type PortableCache } from "../../../test/portable-cache.js";
import { RawClient } from "../../../test/raw-client.js";
import { crc64 } from "./crc64.js";

const many = Array.from({ length: 600 }, (_, index) => String(index));
const integers = [
  "0",
  "-1",
  "127",
  "128",
  "-4096",
  "4095",
  "4096",
  "-32768",
  "8388607",
  "2147483647",
  "-9223372036854775808",
];
const texts = ["", "a", "b".repeat(63), "c".repeat(64), "d".repeat(4095), "e".repeat(5000), "\xff\x00\r\n"];

/** Values in every form that Redis 7.0 keeps them in, and how each is read. */
const values: readonly (readonly [name: string, write: readonly string[], read: readonly string[], isBag: boolean])[] =
  [
    ["a short text", ["SET", "k", "hello"], ["GET", "k"], false],
    ["an empty text", ["SET", "k", ""], ["GET", "k"], false],
    ["a small integer", ["SET", "k", "-7"], ["GET", "k"], false],
    ["an integer of two bytes", ["SET", "k", "3000"], ["GET", "k"], false],
    ["an integer of four bytes", ["SET", "k", "-2000000000"], ["GET", "k"], false],
    ["a large integer", ["SET", "k", "9223372036854775807"], ["GET", "k"], false],
    ["a text that packs well", ["SET", "k", "abcab".repeat(4000)], ["GET", "k"], false],
    ["a long text", ["SET", "k", many.join("")], ["GET", "k"], false],
    ["a list of integers and texts", ["RPUSH", "k", ...integers, ...texts], ["LRANGE", "k", "0", "-1"], false],
    ["a long list", ["RPUSH", "k", ...many.map((each) => each.repeat(40))], ["LRANGE", "k", "0", "-1"], false],
    ["a list with a huge item", ["RPUSH", "k", "x", "y".repeat(20_000)], ["LRANGE", "k", "0", "-1"], false],
    ["a set of small integers", ["SADD", "k", "1", "-2", "300"], ["SMEMBERS", "k"], true],
    ["a set of large integers", ["SADD", "k", "1", "9223372036854775807"], ["SMEMBERS", "k"], true],
    ["a set of texts", ["SADD", "k", ...texts], ["SMEMBERS", "k"], true],
    ["a small hash", ["HSET", "k", "f", "1", "g", "two", "", "\xfe"], ["HGETALL", "k"], false],
    ["a large hash", ["HSET", "k", ...many.flatMap((each) => [each, `v${each}`])], ["HVALS", "k"], true],
    [
      "a small sorted set",
      ["ZADD", "k", "1.5", "a", "-inf", "b", "3", "17"],
      ["ZRANGE", "k", "0", "-1", "WITHSCORES"],
      false,
    ],
    [
      "a large sorted set",
      ["ZADD", "k", ...many.flatMap((each) => [`${each}.25`, each])],
      ["ZRANGE", "k", "0", "-1", "WITHSCORES"],
      false,
    ],
  ];

describe("the checksum of a dump", () => {
  it("is Redis's", () => {
    expect(crc64(Buffer.from("123456789"))).toBe(0xe9c6d914c4b8d9can);
  });
});

describeWith("redis", "a dump", (on) => {
  let cache: PortableCache;
  let ours: RawClient;
  let redis: RawClient;
  beforeAll(async () => {
    cache = await openPortableCache("state.in-memory");
    ours = cache.connect();
    redis = new RawClient(connect(on.redis.port, on.redis.host));
  });
  afterAll(async () => {
    redis.close();
    await cache[Symbol.asyncDispose]();
  });

  async function dumpOf(client: RawClient, key = "k"): Promise<string> {
    const reply = await client.call("DUMP", key);
    if (typeof reply !== "string") throw new Error("a bulk reply is expected");
    return reply.slice(reply.indexOf("\r\n") + 2);
  }

  it.each(values)("of %s goes from Redis to us and back", async (_name, write, read, isBag) => {
    const content = async (client: RawClient): Promise<unknown> => {
      const reply = await client.call(...read);
      return isBag && typeof reply !== "string" ? new Set(reply.items) : reply;
    };
    for (const client of [redis, ours]) await client.send([["DEL", "k"], write]);
    const expected = await content(redis);
    const [theirs, own] = [await dumpOf(redis), await dumpOf(ours)];
    expect(await ours.call("RESTORE", "k", "0", theirs, "REPLACE")).toBe("+OK");
    expect(await redis.call("RESTORE", "k", "0", own, "REPLACE")).toBe("+OK");
    expect(await content(ours)).toEqual(expected);
    expect(await content(redis)).toEqual(expected);
  });

  it("of a stream goes from Redis to us and back, with its groups and what they have not acknowledged", async () => {
    const write = [
      ["DEL", "k"],
      ...many.map((each) => ["XADD", "k", `${each}00-${each}`, "same", each, "other", each.repeat(30)]),
      ["XADD", "k", "18446744073709551615-1", "\xff", "\x00", ...integers, "end"],
      ["XADD", "k", "18446744073709551615-5", "single", "z".repeat(5_000)],
      ["XDEL", "k", "700-7", "30000-300"],
      ["XTRIM", "k", "MAXLEN", "590"],
      ["XGROUP", "CREATE", "k", "g", "0"],
      ["XGROUP", "CREATE", "k", "none", "$"],
      ["XREADGROUP", "GROUP", "g", "one", "COUNT", "3", "STREAMS", "k", ">"],
      ["XREADGROUP", "GROUP", "g", "two", "COUNT", "2", "STREAMS", "k", ">"],
      ["XREADGROUP", "GROUP", "g", "two", "COUNT", "1", "STREAMS", "k", "0"],
      ["XGROUP", "CREATECONSUMER", "k", "g", "idle"],
      ["XACK", "k", "g", "1500-15"],
    ];
    const ask = [
      ["XRANGE", "k", "-", "+"],
      ["XLEN", "k"],
      ["XPENDING", "k", "g"],
      ["XINFO", "GROUPS", "k"],
      ["XREADGROUP", "GROUP", "g", "one", "STREAMS", "k", "0"],
      ["XREADGROUP", "GROUP", "none", "one", "COUNT", "1", "STREAMS", "k", ">"],
      ["XADD", "k", "18446744073709551615-6", "f", "v"],
      ["XADD", "k", "5-5", "f", "v"],
    ];
    for (const client of [redis, ours]) await client.send(write);
    const [theirs, own] = [await dumpOf(redis), await dumpOf(ours)];
    expect(await ours.call("RESTORE", "k", "100000", theirs, "REPLACE")).toBe("+OK");
    expect(await redis.call("RESTORE", "k", "100000", own, "REPLACE")).toBe("+OK");
    expect(await ours.call("COPY", "k", "copied", "REPLACE")).toBe(":1");
    expect(await dumpOf(ours, "copied")).toBe(await dumpOf(ours));
    expect(await ours.send(ask)).toEqual(await redis.send(ask));
    expect(await ours.call("TTL", "k")).toBe(await redis.call("TTL", "k"));
  });

  it("is taken and refused as Redis does", async () => {
    await redis.send([
      ["DEL", "k"],
      ["SET", "k", "hello"],
    ]);
    const payload = await dumpOf(redis);
    const sealed = (body: string): string => {
      const bytes = Buffer.from(`${body}\x0a\x00`, "latin1");
      const checksum = Buffer.alloc(8);
      checksum.writeBigUInt64LE(crc64(bytes));
      return Buffer.concat([bytes, checksum]).toString("latin1");
    };
    const commands = [
      ["DEL", "k", "r"],
      ["DUMP", "k"],
      ["RESTORE", "r", "0", payload],
      ["RESTORE", "r", "0", payload],
      ["RESTORE", "r", "0", payload, "replace"],
      ["RESTORE", "r", "-1", payload, "REPLACE"],
      ["RESTORE", "r", "x", payload, "REPLACE"],
      ["RESTORE", "r", "0", `${payload}x`, "REPLACE"],
      ["RESTORE", "r", "0", `x${payload}`, "REPLACE"],
      ["RESTORE", "r", "0", "", "REPLACE"],
      ["RESTORE", "r", "0", sealed("\x00\x3fabc"), "REPLACE"],
      ["RESTORE", "r", "0", sealed("\x63\x01a"), "REPLACE"],
      ["GET", "r"],
      ["RESTORE", "r", "0", payload, "REPLACE", "IDLETIME", "5"],
      ["RESTORE", "r", "0", payload, "REPLACE", "IDLETIME", "-5"],
      ["RESTORE", "r", "0", payload, "REPLACE", "FREQ", "256"],
      ["RESTORE", "r", "0", payload, "REPLACE", "FREQ", "5", "IDLETIME", "5"],
      ["RESTORE", "r", "0", payload, "NOPE"],
      ["RESTORE", "r", "1", payload, "REPLACE", "ABSTTL"],
      ["EXISTS", "r"],
      ["RESTORE", "r", "33000000000000", payload, "ABSTTL"],
      ["PEXPIRETIME", "r"],
      ["RESTORE", "r", "100000", payload, "REPLACE"],
      ["TTL", "r"],
      ["DEL", "r"],
    ];
    expect(await ours.send(commands)).toEqual(await redis.send(commands));
  });
});
