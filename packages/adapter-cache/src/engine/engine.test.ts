import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPortableCache, type PortableCache } from "../../test/portable-cache.js";
import { RawClient } from "../../test/raw-client.js";
import type { DocumentChange, Documents } from "../documents/documents.js";
import { SessionStream } from "../session/session-stream.js";
import { Engine } from "./engine.js";

let cache: PortableCache;
let calls: string[];
/** What the next writes answer instead of being made; an error is thrown. */
let interceptions: (false | Error)[];

beforeEach(async () => {
  cache = await openPortableCache("state.in-memory");
  calls = [];
  interceptions = [];
});
afterEach(() => cache[Symbol.asyncDispose]());

/** A client of an engine of its own over the same store, whose calls to the store are taken down. */
function connect(): RawClient {
  const { documents } = cache.engine;
  const observed: Documents = {
    ...documents,
    // What is done where values lie is no call.
    places: () => undefined,
    read(names) {
      calls.push(`read ${String(names.length)}`);
      return documents.read(names);
    },
    async write(changes: readonly DocumentChange[]) {
      calls.push(`write ${String(changes.length)}`);
      const interception = interceptions.shift();
      if (interception instanceof Error) throw interception;
      return interception ?? documents.write(changes);
    },
  };
  return new RawClient(
    new SessionStream(new Engine(observed), {
      record: () => undefined,
      liveness: { ref: () => undefined, unref: () => undefined },
    }),
  );
}

/** A client whose process knows that these keys are in the index of keys; they are absent. */
async function connectKnowing(...keys: string[]): Promise<RawClient> {
  const client = connect();
  await client.send(keys.map((key) => ["SET", key, ""]));
  await client.call("DEL", ...keys);
  calls = [];
  return client;
}

describe("the calls that commands make", () => {
  it("are one read and one write for all that wait for a key", async () => {
    const client = await connectKnowing("n");
    const replies = await client.send(Array.from({ length: 64 }, () => ["INCR", "n"]));
    expect(replies.at(-1)).toBe(":64");
    expect(calls).toEqual(["read 1", "write 1"]);
  });

  it("are one bulk read and one transaction for several keys", async () => {
    const client = await connectKnowing("a", "b", "c");
    await client.send([
      ["INCR", "a"],
      ["HSET", "b", "f", "1"],
      ["RPUSH", "c", "x"],
    ]);
    expect(calls).toEqual(["read 3", "write 3"]);
  });

  it("are no read where the old value makes no difference", async () => {
    const client = await connectKnowing("a", "b");
    const replies = await client.send([
      ["SET", "a", "1"],
      ["INCR", "a"],
      ["SETEX", "b", "100", "x"],
    ]);
    expect(replies).toEqual(["+OK", ":2", "+OK"]);
    expect(calls).toEqual(["write 2"]);
  });

  it("are a read and a write more for the index where a process stores a key for the first time", async () => {
    const client = connect();
    await client.call("SET", "a", "1");
    expect(calls).toEqual(["write 1", "read 1", "write 1"]);
    await client.call("SET", "a", "2");
    expect(calls).toEqual(["write 1", "read 1", "write 1", "write 1"]);
  });

  it("are no write where nothing changes", async () => {
    await connect().send([
      ["GET", "a"],
      ["DEL", "a"],
      ["SREM", "a", "m"],
    ]);
    expect(calls).toEqual(["read 1"]);
  });
});

describe("a conflict", () => {
  it("is tried again until it is over", async () => {
    interceptions = [false, false, false];
    expect(
      await connect().send([
        ["INCR", "a"],
        ["INCR", "a"],
      ]),
    ).toEqual([":1", ":2"]);
    expect(await cache.connect().call("GET", "a")).toBe("$1\r\n2");
  });

  it("of one key does not hold up the others of its batch", async () => {
    const client = await connectKnowing("a", "b", "c");
    interceptions = [false, false];
    expect(
      await client.send([
        ["INCR", "a"],
        ["INCR", "b"],
        ["INCR", "c"],
      ]),
    ).toEqual([":1", ":1", ":1"]);
    // All together, then each by itself, then the one that failed again.
    expect(calls).toEqual(["read 3", "write 3", "write 1", "write 1", "write 1", "read 1", "write 1"]);
    expect(await cache.connect().call("MGET", "a", "b", "c")).toEqual({
      type: "*",
      items: ["$1\r\n1", "$1\r\n1", "$1\r\n1"],
    });
  });

  it("between processes makes no change twice", async () => {
    const [left, right] = [connect(), connect()];
    await Promise.all([left, right].map((client) => client.send(Array.from({ length: 200 }, () => ["INCR", "n"]))));
    expect(await cache.connect().call("GET", "n")).toBe("$3\r\n400");
  });
});

it("reads and writes documents that do not fit into one message together", async () => {
  const value = "x".repeat(1_500_000);
  const client = connect();
  expect(await client.send(["a", "b", "c"].map((key) => ["SET", key, value]))).toEqual(["+OK", "+OK", "+OK"]);
  expect(await client.call("MGET", "a", "b", "c")).toEqual({
    type: "*",
    items: Array.from({ length: 3 }, () => `$1500000\r\n${value}`),
  });
});

it("tells of a value that is larger than the runtime takes", async () => {
  expect(await connect().call("SET", "a", "x".repeat(5_000_000))).toMatch(/^-ERR .*(large|limit|exceed|bytes)/i);
});

it("tells of a store that fails, and goes on", async () => {
  const client = connect();
  interceptions = [new Error("the disk is full")];
  expect(await client.call("SET", "a", "1")).toBe("-ERR the disk is full");
  expect(await client.call("SET", "a", "2")).toBe("+OK");
});

it("refuses a document that is not its own instead of overwriting it", async () => {
  const name = "cache:0:foreign";
  await cache.engine.documents.write([
    { name, bytes: Buffer.from('{"json":true}'), expected: "absent", ttlSeconds: undefined },
  ]);
  expect(await cache.connect().call("INCR", "foreign")).toMatch(/^-ERR The state store holds a value under this key/);
});
