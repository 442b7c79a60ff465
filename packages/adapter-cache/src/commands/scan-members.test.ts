import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPortableCache, type PortableCache } from "../../test/portable-cache.js";
import type { RawClient } from "../../test/raw-client.js";
import type { RawReply } from "../../test/reply-reader.js";

let cache: PortableCache;
let client: RawClient;
beforeAll(async () => {
  cache = await openPortableCache("state.in-memory");
  client = cache.connect();
});
afterAll(() => cache[Symbol.asyncDispose]());

const members = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `m${String(from + index)}`);

/** What a command adds of members, and how many words of a reply tell one. */
const kinds = [
  ["HSCAN", "HSET", "HDEL", (names: readonly string[]) => names.flatMap((name) => [name, `v-${name}`]), 2],
  ["SSCAN", "SADD", "SREM", (names: readonly string[]) => [...names], 1],
  ["ZSCAN", "ZADD", "ZREM", (names: readonly string[]) => names.flatMap((name) => [name.slice(1), name]), 2],
] as const;

function textOf(reply: RawReply | undefined): string {
  if (typeof reply !== "string") throw new Error("a bulk reply is expected");
  return reply.slice(reply.indexOf("\r\n") + 2);
}

async function page(command: string, key: string, cursor: string, ...options: readonly string[]) {
  const reply = await client.call(command, key, cursor, ...options);
  if (typeof reply === "string") throw new Error(reply);
  const [next, items] = reply.items;
  if (items === undefined || typeof items === "string") throw new Error("a list is expected");
  return { next: textOf(next), words: items.items.map(textOf) };
}

describe.each(kinds)("%s", (scan, add, remove, wordsOf, width) => {
  it("tells a large value some members at a time, all that stay while others come and go", async () => {
    const key = `large:${scan}`;
    await client.call(add, key, ...wordsOf(members(0, 2_000)));
    const seen = new Map<string, string | undefined>();
    let pages = 0;
    for (let cursor = ""; cursor !== "0"; pages++) {
      const { next, words } = await page(scan, key, cursor === "" ? "0" : cursor, "COUNT", "50");
      expect(words.length).toBeLessThan(600 * width);
      for (let at = 0; at < words.length; at += width) seen.set(words[at]!, words[at + 1]);
      cursor = next;
      // Its parts become many more, and then fewer again.
      if (pages === 3) await client.call(add, key, ...wordsOf(members(10_000, 14_000)));
      if (pages === 20) await client.call(remove, key, ...members(10_000, 14_000), ...members(600, 1_200));
    }
    expect(pages).toBeGreaterThan(20);
    for (const name of [...members(0, 600), ...members(1_200, 2_000)]) expect(seen.has(name)).toBe(true);
    if (scan !== "SSCAN") expect(seen.get("m7")).toBe(scan === "HSCAN" ? "v-m7" : "7");
  });

  it("tells a small value at once, and what a pattern fits", async () => {
    const key = `small:${scan}`;
    await client.call(add, key, ...wordsOf(members(0, 400)));
    expect((await page(scan, key, "0", "COUNT", "1")).words).toHaveLength(400 * width);
    expect((await page(scan, key, "0", "MATCH", "m39[0-4]")).words).toHaveLength(5 * width);
    expect(await page(scan, "none", "5")).toEqual({ next: "0", words: [] });
    expect(await page(scan, `large:${scan}`, "99999999999999999999")).toMatchObject({ next: "0" });
  });
});
