import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPortableCache, type PortableCache } from "../../../test/portable-cache.js";
import type { RawClient } from "../../../test/raw-client.js";

let cache: PortableCache;
let client: RawClient;
const entries = 1_000;
beforeEach(async () => {
  cache = await openPortableCache("state.in-memory");
  client = cache.connect();
});
afterEach(() => cache[Symbol.asyncDispose]());

/** Adds entries 1-0, 2-0 and so on. */
async function fill(): Promise<void> {
  const commands = Array.from({ length: entries }, (_, index) => ["XADD", "s", `${String(index + 1)}-0`, "n", "1"]);
  for (let start = 0; start < entries; start += 100) await client.send(commands.slice(start, start + 100));
}

/** The ids of entries that XRANGE or XREVRANGE answers. */
async function ids(...command: string[]): Promise<unknown[]> {
  const reply = await client.call(...command);
  if (typeof reply === "string") throw new Error(reply);
  return reply.items.map((item) => {
    const id = typeof item === "string" ? item : item.items[0];
    return typeof id === "string" ? id.split("\r\n")[1] : undefined;
  });
}

describe("a stream of many entries", () => {
  it("is kept in several documents, of which an addition writes only the last", async () => {
    await fill();
    const sizes: number[] = [];
    const { documents } = cache.engine;
    const write = documents.write.bind(documents);
    Object.assign(documents, {
      write(changes: Parameters<typeof write>[0]) {
        sizes.push(...changes.map(({ bytes }) => bytes.length));
        return write(changes);
      },
    });
    await client.call("XADD", "s", "*", "n", "1");
    expect(sizes).toHaveLength(1);
    // An entry takes about thirty bytes, so all of them would take thirty thousand.
    expect(sizes[0]).toBeLessThan(8_000);
  });

  it("is read across its documents, in both directions", async () => {
    await fill();
    expect(await client.call("XLEN", "s")).toBe(`:${String(entries)}`);
    expect(await ids("XRANGE", "s", "299", "302")).toEqual(["299-0", "300-0", "301-0", "302-0"]);
    expect(await ids("XREVRANGE", "s", "602", "599")).toEqual(["602-0", "601-0", "600-0", "599-0"]);
    expect(await ids("XRANGE", "s", "-", "+")).toHaveLength(entries);
  });

  it("loses entries of any document, and whole documents", async () => {
    await fill();
    expect(await client.call("XDEL", "s", "1-0", "300-0", "301-0", "1000-0", "1000-0")).toBe(":4");
    expect(await ids("XRANGE", "s", "298", "303")).toEqual(["298-0", "299-0", "302-0", "303-0"]);
    expect(await client.call("XTRIM", "s", "MAXLEN", "250")).toBe(":746");
    expect(await ids("XRANGE", "s", "-", "+")).toHaveLength(250);
    expect(await client.call("XTRIM", "s", "MINID", "990")).toBe(`:${String(989 - 749)}`);
    expect(await ids("XRANGE", "s", "-", "+", "COUNT", "1")).toEqual(["990-0"]);
  });

  it("moves under another name, and is copied as it is", async () => {
    await fill();
    await client.send([
      ["COPY", "s", "copy"],
      ["RENAME", "s", "t"],
      ["XDEL", "t", "5-0"],
    ]);
    expect(await client.call("XLEN", "copy")).toBe(`:${String(entries)}`);
    expect(await ids("XRANGE", "copy", "4", "6")).toEqual(["4-0", "5-0", "6-0"]);
    expect(await ids("XRANGE", "t", "4", "6")).toEqual(["4-0", "6-0"]);
  });

  it("stays one document where a store cannot change several at once", async () => {
    const plain = await openPortableCache("state.in-memory", { atomic: false });
    const other = plain.connect();
    const commands = Array.from({ length: 700 }, () => ["XADD", "s", "*", "n", "1"]);
    await other.send(commands);
    expect(await other.call("XLEN", "s")).toBe(":700");
    await plain[Symbol.asyncDispose]();
  });
});
