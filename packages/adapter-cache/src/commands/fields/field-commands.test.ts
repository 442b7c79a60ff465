import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openPortableCache, type PortableCache } from "../../../test/portable-cache.js";
import type { RawClient } from "../../../test/raw-client.js";

let cache: PortableCache;
let client: RawClient;
beforeAll(async () => {
  cache = await openPortableCache("state.in-memory");
  client = cache.connect();
});
afterAll(() => cache[Symbol.asyncDispose]());
beforeEach(async () => {
  await client.send([
    ["DEL", "h"],
    ["HSET", "h", "a", "1", "b", "2"],
  ]);
});

const list = (...numbers: number[]) => ({ type: "*", items: numbers.map((number) => `:${String(number)}`) });

/** Replies as the documentation of Redis 7.4 has them. */
const cases: readonly (readonly [command: string, reply: unknown])[] = [
  ["HEXPIRE none 100 FIELDS 1 a", list(-2)],
  ["HEXPIRE h 100 FIELDS 2 a z", list(1, -2)],
  ["HTTL h FIELDS 3 a b z", list(100, -1, -2)],
  ["HEXPIRE h 200 NX FIELDS 2 a b", list(0, 1)],
  ["HEXPIRE h 300 XX FIELDS 1 a", list(1)],
  ["HEXPIRE h 100 GT FIELDS 1 a", list(0)],
  ["HEXPIRE h 100 LT FIELDS 1 a", list(1)],
  ["HPERSIST h FIELDS 3 a a z", list(1, -1, -2)],
  ["HPEXPIREAT h 33000000000000 FIELDS 1 a", list(1)],
  ["HEXPIRETIME h FIELDS 1 a", list(33_000_000_000)],
  ["HPEXPIRETIME h FIELDS 1 a", list(33_000_000_000_000)],
  ["HEXPIREAT h 1 FIELDS 1 b", list(2)],
  ["HEXPIRE h 100 FIELDS 2 a", "-ERR The `numfields` parameter must match the number of arguments"],
  ["HEXPIRE h 100 FIELDS 0 a", "-ERR Parameter `numFields` should be greater than 0"],
  ["HEXPIRE h 100 NOPE 1 a", "-ERR Mandatory argument FIELDS is missing or not at the right position"],
  ["HEXPIRE h -1 FIELDS 1 a", "-ERR invalid expire time, must be >= 0"],
  ["HEXPIRE h 99999999999999 FIELDS 1 a", "-ERR invalid expire time in 'hexpire' command"],
  ["HTTL h FIELDS 1", "-ERR wrong number of arguments for 'httl' command"],
];

describe("the expiry of fields", () => {
  it("is set, read and taken away as documented", async () => {
    for (const [command, reply] of cases) {
      expect([command, await client.call(...command.split(" "))]).toEqual([command, reply]);
    }
  });

  it("removes the field when its time has come, and the key with its last field", async () => {
    expect(await client.call("HPEXPIRE", "h", "20", "FIELDS", "1", "a")).toEqual(list(1));
    await expect.poll(() => client.call("HGETALL", "h")).toEqual({ type: "*", items: ["$1\r\nb", "$1\r\n2"] });
    expect(await client.call("HLEN", "h")).toBe(":1");
    await client.call("HPEXPIRE", "h", "20", "FIELDS", "1", "b");
    await expect.poll(() => client.call("EXISTS", "h")).toBe(":0");
    expect(await client.call("HSET", "h", "b", "3")).toBe(":1");
    expect(await client.call("HTTL", "h", "FIELDS", "1", "b")).toEqual(list(-1));
  });

  it("stays when a number is added, and goes when the field is set", async () => {
    await client.call("HEXPIRE", "h", "100", "FIELDS", "2", "a", "b");
    await client.call("HINCRBY", "h", "a", "5");
    await client.call("HSET", "h", "b", "5");
    expect(await client.call("HTTL", "h", "FIELDS", "2", "a", "b")).toEqual(list(100, -1));
  });

  it("goes with the key to another name", async () => {
    await client.call("HEXPIRE", "h", "100", "FIELDS", "1", "a");
    await client.send([
      ["COPY", "h", "h2"],
      ["RENAME", "h2", "h3"],
    ]);
    expect(await client.call("HTTL", "h3", "FIELDS", "2", "a", "b")).toEqual(list(100, -1));
  });
});
