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
  await client.send([["FLUSHALL"], ["SELECT", "0"]]);
});

const names = Array.from({ length: 40 }, (_, index) => `key:${String(index)}`);
const bulk = (text: string): string => `$${String(text.length)}\r\n${text}`;
const itemsOf = (reply: unknown): unknown[] => (reply as { items: unknown[] }).items;

describe("the keys of a database", () => {
  it("are counted and listed as long as they are there", async () => {
    await client.send([
      ["MSET", ...names.flatMap((name) => [name, "1"])],
      ["HSET", "other \xff", "f", "1"],
    ]);
    expect(await client.call("DBSIZE")).toBe(":41");
    expect(new Set(itemsOf(await client.call("KEYS", "key:*")))).toEqual(new Set(names.map(bulk)));
    expect(itemsOf(await client.call("KEYS", "o*"))).toEqual([bulk("other \xff")]);
    await client.call("DEL", ...names);
    expect(await client.call("DBSIZE")).toBe(":1");
    expect(await client.call("RANDOMKEY")).toBe(bulk("other \xff"));
  });

  it("are all met by SCAN, once, while others come and go", async () => {
    await client.call("MSET", ...names.flatMap((name) => [name, "1"]));
    const met: unknown[] = [];
    let cursor = "0";
    do {
      const [next, found] = itemsOf(await client.call("SCAN", cursor, "MATCH", "key:*", "COUNT", "7"));
      met.push(...itemsOf(found));
      cursor = String(next).split("\r\n")[1]!;
      await client.send([
        ["SET", `new:${cursor}`, "1"],
        ["DEL", `new:${cursor}`],
      ]);
    } while (cursor !== "0");
    expect(met).toHaveLength(names.length);
    expect(new Set(met)).toEqual(new Set(names.map(bulk)));
    expect(itemsOf(itemsOf(await client.call("SCAN", "0", "COUNT", "100", "TYPE", "hash"))[1])).toEqual([]);
  });

  it("change places with those of another database", async () => {
    await client.send([
      ["SET", "a", "0"],
      ["SELECT", "1"],
      ["SET", "b", "1"],
      ["SWAPDB", "0", "1"],
    ]);
    expect(
      await client.send([
        ["KEYS", "*"],
        ["GET", "a"],
        ["SELECT", "0"],
        ["GET", "b"],
      ]),
    ).toEqual([{ type: "*", items: [bulk("a")] }, bulk("0"), "+OK", bulk("1")]);
  });

  it("are all gone after FLUSHDB", async () => {
    await client.send([["MSET", "a", "1", "b", "2"], ["FLUSHDB"]]);
    expect(await client.send([["DBSIZE"], ["KEYS", "*"], ["RANDOMKEY"]])).toEqual([
      ":0",
      { type: "*", items: [] },
      "$-1",
    ]);
  });
});

it("ends the connections that CLIENT KILL names", async () => {
  const other = cache.connect();
  const id = ((await other.call("CLIENT", "ID")) as string).slice(1);
  expect(await client.call("CLIENT", "LIST", "ID", id)).toContain(`id=${id} `);
  expect(await client.call("CLIENT", "KILL", "ID", id)).toBe(":1");
  expect(await client.call("CLIENT", "LIST", "ID", id)).not.toContain(`id=${id} `);
});
