import { MechaError } from "@mecha/spec";
import { describe, expect, it } from "vitest";
import { Killed, memoryDocuments, mortal } from "../../test/memory-documents.js";
import { tinyLimits } from "../../test/portable-cache.js";
import { RawClient } from "../../test/raw-client.js";
import type { Documents } from "../documents/documents.js";
import { Engine } from "../engine/engine.js";
import { LiveDocument } from "../engine/live-document.js";
import { SessionStream } from "../session/session-stream.js";
import { encodeHeld } from "./held-document.js";
import { createLargeWrites } from "./large-writes.js";

const liveness = { ref: () => undefined, unref: () => undefined };
const messageBytes = 4_000;

/** A store whose transactions are all or nothing, and which takes no large ones. */
function strictDocuments(): Documents {
  const store = memoryDocuments();
  return {
    ...store,
    atomic: true,
    bundles: true,
    snapshots: true,
    async write(changes) {
      const bytes = changes.reduce((sum, change) => sum + change.name.length + change.bytes.length, 0);
      if (changes.length > 1 && bytes > messageBytes) throw new MechaError("RESOURCE_EXHAUSTED", "too large a message");
      const fit = changes.every(({ name, expected }) => {
        const found = store.stored.get(name);
        return expected === "anything" || (expected === "absent" ? found === undefined : found?.etag === expected.etag);
      });
      return fit && store.write(changes);
    },
  };
}

/** A process of its own over a store, and a client of it. */
function connect(store: Documents, leaseMs = 0): RawClient {
  const engine = new Engine(createLargeWrites(store, { messageBytes, leaseMs }), undefined, tinyLimits);
  return new RawClient(new SessionStream(engine, { record: () => undefined, liveness }));
}

const members = Array.from({ length: 120 }, (_, index) => `member-${String(index)}`);

describe("changes that do not fit into one message", () => {
  it("are made all the same, each in a command of its own", async () => {
    const store = strictDocuments();
    const client = connect(store);
    expect(await client.call("SADD", "s", ...members)).toBe(":120");
    expect(await client.call("EXPIRE", "s", "1000")).toBe(":1");
    expect(await client.call("PERSIST", "s")).toBe(":1");
    expect(await client.call("COPY", "s", "t")).toBe(":1");
    expect(await client.call("RENAME", "s", "u")).toBe("+OK");
    expect(await client.call("SMOVE", "u", "t", "member-1")).toBe(":1");
    expect(await client.call("SDIFFSTORE", "v", "t", "u")).toBe(":1");
    expect(await client.call("SREM", "u", ...members.slice(0, 100))).toBe(":99");
    const other = connect(store);
    expect([await other.call("SCARD", "t"), await other.call("SCARD", "u")]).toEqual([":120", ":20"]);
    expect(await other.call("DEL", "t")).toBe(":1");
    expect(
      await client.send([
        ["SCARD", "t"],
        ["TTL", "u"],
      ]),
    ).toEqual([":0", ":-1"]);
  });

  it("are all or nothing when their process dies, wherever that is", async () => {
    const more = members.slice(60);
    let lives = 0;
    let isOver = false;
    const seen = new Set<unknown>();
    for (; !isOver; lives += 7) {
      const store = strictDocuments();
      await connect(store).call("SADD", "s", ...members.slice(0, 60));
      const died = await connect(oneByOne(store, lives)).call("SADD", "s", ...more);
      isOver = died === ":60";
      const count = await connect(store).call("SCARD", "s");
      seen.add(count);
      expect(await connect(store).call("SMISMEMBER", "s", ...members)).toMatchObject({
        items: members.map((_, index) => (index < 60 || count === ":120" ? ":1" : ":0")),
      });
      // Whoever comes later goes on.
      expect(await connect(store).call("SADD", "s", "another")).toBe(":1");
    }
    expect(seen).toEqual(new Set([":60", ":120"]));
  });

  it("are nothing that could be worked on where it lies while they are under way", () => {
    const next = Buffer.from("next");
    expect(LiveDocument.of(encodeHeld({ intent: "i", previous: undefined, next }))).toBeUndefined();
  });

  it("are never seen half by those who read meanwhile", async () => {
    const store = strictDocuments();
    const [writer, reader] = [connect(slowly(store), 60_000), connect(slowly(store), 60_000)];
    await writer.send([
      ["SET", "rounds", "0"],
      ["SADD", "s", "x"],
    ]);
    const progress = { isOver: false };
    const write = async (): Promise<void> => {
      for (let round = 0; round < 5; round++) {
        await writer.call("SADD", "s", ...members);
        await writer.call("SREM", "s", ...members);
      }
    };
    const writing = write().finally(() => (progress.isOver = true));
    const seen = new Set<number>();
    while (!progress.isOver) {
      const reply = await reader.call("SMEMBERS", "s");
      if (typeof reply === "string") throw new Error(reply);
      seen.add(reply.items.length);
    }
    await writing;
    expect([...seen].filter((count) => count !== 1 && count !== 121)).toEqual([]);
    expect(await reader.call("SMEMBERS", "s")).toMatchObject({ items: [expect.stringContaining("x")] });
  });
});

/** A process that dies after so many changes of documents; what a store makes together does not come apart. */
function oneByOne(store: Documents, lives: number): Documents {
  let left = lives;
  return {
    ...mortal(store, Infinity),
    async write(changes) {
      if (left <= 0) throw new Killed();
      left -= changes.length;
      return store.write(changes);
    },
  };
}

/** Lets others in between any two calls. */
function slowly(store: Documents): Documents {
  const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    ...store,
    async read(names) {
      await pause();
      return store.read(names);
    },
    async write(changes) {
      await pause();
      return store.write(changes);
    },
  };
}
