import { describe, expect, it } from "vitest";
import { Killed, memoryDocuments, mortal } from "../../test/memory-documents.js";
import { RawClient } from "../../test/raw-client.js";
import type { RawReply } from "../../test/reply-reader.js";
import type { Documents } from "../documents/documents.js";
import { Engine } from "../engine/engine.js";
import { SessionStream } from "../session/session-stream.js";
import { createIntentDocuments } from "./intent-documents.js";

const liveness = { ref: () => undefined, unref: () => undefined };

/** A process of its own over a store: an engine with transactions by intents, and a client of it. */
function connect(store: Documents, leaseMs = 0): RawClient {
  const engine = new Engine(createIntentDocuments(store, { leaseMs }));
  return new RawClient(new SessionStream(engine, { record: () => undefined, liveness }));
}

/** Moves an amount from one account to the other, and counts the transfers. */
const transfer = (amount: string): string[][] => [
  ["MULTI"],
  ["DECRBY", "from", amount],
  ["INCRBY", "to", amount],
  ["INCR", "transfers"],
  ["EXEC"],
];

/** The number in a bulk reply; `null` for none. */
function numberIn(reply: RawReply | undefined): number | null {
  if (typeof reply !== "string") throw new Error("a bulk reply is expected");
  return reply === "$-1" ? null : Number(reply.split("\r\n")[1]);
}

const sum = async (client: RawClient): Promise<(number | null)[]> => {
  const reply = await client.call("MGET", "from", "to", "transfers");
  if (typeof reply === "string") throw new Error(reply);
  return reply.items.map(numberIn);
};

describe("a transaction over several keys of a store without transactions", () => {
  it.each([true, false])(
    "is made, and leaves plain documents and a record only (ETags foretold: %s)",
    async (foretells) => {
      const store = memoryDocuments({ foretells });
      const client = connect(store);
      expect((await client.send(transfer("5"))).at(-1)).toEqual({ type: "*", items: [":-5", ":5", ":1"] });
      expect(await sum(connect(store))).toEqual([-5, 5, 1]);
      expect([...store.stored.keys()].filter((name) => name.startsWith("cache-intent:"))).toHaveLength(1);
      expect([...store.stored].every(([, { bytes }]) => bytes[0] === 1)).toBe(true);
    },
  );

  it("is not made when a watched key was changed", async () => {
    const store = memoryDocuments();
    const [watcher, other] = [connect(store), connect(store)];
    await watcher.call("WATCH", "from", "other");
    await other.call("SET", "other", "1");
    expect((await watcher.send(transfer("5"))).at(-1)).toBe("*-1");
    expect(await sum(other)).toEqual([null, null, null]);
  });

  it("is discarded without a trace", async () => {
    const store = memoryDocuments();
    await connect(store).send([["MULTI"], ["SET", "a", "1"], ["SET", "b", "1"], ["DISCARD"]]);
    expect(store.stored.size).toBe(0);
  });

  it("keeps the expiry of its keys", async () => {
    const store = memoryDocuments();
    const client = connect(store);
    await client.send([["MULTI"], ["SET", "a", "1", "EX", "100"], ["SET", "b", "1"], ["EXEC"]]);
    expect(
      await client.send([
        ["TTL", "a"],
        ["TTL", "b"],
      ]),
    ).toEqual([":100", ":-1"]);
  });
});

/** A transfer is this many changes of documents: three held, the record, three settled, the record to be forgotten. */
const steps = 8;
const decision = 3;

describe("a process that dies in the middle of a transaction", () => {
  const everyStep = Array.from({ length: steps }, (_, step) => step);

  it.each(everyStep)("leaves all of it or nothing, after %i changes", async (lives) => {
    const store = memoryDocuments();
    await connect(store).send(transfer("100"));
    await connect(mortal(store, lives)).send(transfer("5"));
    const committed = lives > decision;
    expect(await sum(connect(store))).toEqual(committed ? [-105, 105, 2] : [-100, 100, 1]);
    // Whoever comes later finds plain documents, and goes on.
    expect((await connect(store).send(transfer("1"))).at(-1)).toMatchObject({ type: "*" });
    expect(await sum(connect(store))).toEqual(committed ? [-106, 106, 3] : [-101, 101, 2]);
  });

  it.each(everyStep)("leaves all of it or nothing on keys that were not there, after %i changes", async (lives) => {
    const store = memoryDocuments();
    await connect(mortal(store, lives)).send(transfer("5"));
    expect(await sum(connect(store))).toEqual(lives > decision ? [-5, 5, 1] : [null, null, null]);
  });

  it.each(everyStep)("leaves all of it or nothing to a single key that is looked at alone, after %i", async (lives) => {
    for (const key of ["from", "to", "transfers"]) {
      const store = memoryDocuments();
      await connect(mortal(store, lives)).send(transfer("5"));
      const seen = await connect(store).call("GET", key);
      expect(seen === "$-1").toBe(lives <= decision);
      expect(await sum(connect(store))).toEqual(lives > decision ? [-5, 5, 1] : [null, null, null]);
    }
  });

  it.each(everyStep)("is told that it failed, or that it did not, where only an answer was lost: %i", async (lives) => {
    const store = memoryDocuments();
    const reply = (await connect(mortal(store, lives, true)).send(transfer("5"))).at(-1);
    const there = lives >= decision;
    expect(await sum(connect(store))).toEqual(there ? [-5, 5, 1] : [null, null, null]);
    // Nobody is told of success that is none; a lost answer may be told as a failure.
    if (!there) expect(reply).toMatch(/^-/);
  });

  it("does not commit once others took it for dead", async () => {
    const store = memoryDocuments();
    let goOn: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => (goOn = resolve));
    const slow: Documents = {
      ...store,
      async write(changes) {
        if (changes[0]!.name.startsWith("cache-intent:")) await asleep;
        return store.write(changes);
      },
    };
    const sleeping = connect(slow).send(transfer("5"));
    expect(await sum(connect(store))).toEqual([null, null, null]);
    goOn();
    // It finds itself aborted, and does it again.
    expect((await sleeping).at(-1)).toEqual({ type: "*", items: [":-5", ":5", ":1"] });
    expect(await sum(connect(store))).toEqual([-5, 5, 1]);
  });

  it("is waited for as long as its lease", async () => {
    const store = memoryDocuments();
    const dead = createIntentDocuments(mortal(store, 2));
    const changes = ["cache:0:a", "cache:0:b"].map((name) => ({
      ...{ name, bytes: Buffer.from("new"), expected: "absent" as const, ttlSeconds: undefined },
    }));
    await expect(dead.write(changes)).rejects.toThrow(Killed);
    const leaseMs = 200;
    const started = performance.now();
    expect(await connect(store, leaseMs).call("GET", "a")).toBe("$-1");
    expect(performance.now() - started).toBeGreaterThanOrEqual(leaseMs);
  });
});

describe("what others see of transactions", () => {
  it("is never half of one, by MGET or by GETs that were sent together", async () => {
    const store = memoryDocuments();
    // Reads take documents one by one, as daprd's Redis does, with time for others between them.
    const slow: Documents = {
      ...store,
      async read(names) {
        const found = new Map<string, { bytes: Buffer; etag: string }>();
        for (const name of [...names].reverse()) {
          await new Promise((resolve) => setImmediate(resolve));
          for (const [key, document] of await store.read([name])) found.set(key, document);
        }
        return found;
      },
    };
    const writers = [connect(slow), connect(slow)];
    await connect(store).send(transfer("0"));
    const writing = writers.map(async (writer) => {
      for (let round = 0; round < 40; round++) await writer.send(transfer("1"));
    });
    const progress = { isOver: false };
    const ended = Promise.all(writing).finally(() => (progress.isOver = true));
    const reader = connect(slow);
    const seen = new Set<number>();
    while (!progress.isOver) {
      const [from, to] = await sum(reader);
      seen.add(from! + to!);
      const [early, late] = await reader.send([
        ["GET", "from"],
        ["GET", "to"],
      ]);
      // Sent one after the other: the second may be newer, never older.
      expect(numberIn(early)! + numberIn(late)!).toBeGreaterThanOrEqual(0);
    }
    await ended;
    expect(seen).toEqual(new Set([0]));
    expect(await sum(reader)).toEqual([-80, 80, 81]);
  });

  it("is no part of a transaction that a blind SET runs into", async () => {
    const store = memoryDocuments();
    const clients = [connect(store, 1000), connect(store, 1000)];
    await clients[0]!.send(transfer("1"));
    await Promise.all([
      ...Array.from({ length: 20 }, () => clients[0]!.send(transfer("1"))),
      ...Array.from({ length: 20 }, () => clients[1]!.send([["SET", "from", "0"]])),
    ]);
    const [, to, transfers] = await sum(clients[0]!);
    expect([to, transfers]).toEqual([21, 21]);
  });
});
