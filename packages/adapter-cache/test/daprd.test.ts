import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type DaprdEngine, startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DaprdCache, openDaprdCache } from "./daprd-cache.js";
import { writeComponent } from "./portable-cache.js";
import type { RawClient } from "./raw-client.js";
import type { RawReply } from "./reply-reader.js";

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const script = fileURLToPath(new URL("transfers.ts", import.meta.url));
const accounts = 4;
const startMs = 60_000;

function numberIn(reply: RawReply | undefined): number {
  if (typeof reply !== "string") throw new Error("a bulk reply is expected");
  return reply === "$-1" ? 0 : Number(reply.split("\r\n")[1]);
}

/** The balance of every account and the number of transfers, as one command sees them. */
async function books(client: RawClient): Promise<{ sum: number; transfers: number }> {
  const names = Array.from({ length: accounts }, (_, index) => `account:${String(index)}`);
  const reply = await client.call("MGET", "transfers", ...names);
  if (typeof reply === "string") throw new Error(reply);
  const [transfers = 0, ...balances] = reply.items.map(numberIn);
  return { transfers, sum: balances.reduce((sum, each) => sum + each, 0) };
}

/** A process that moves money until the given number of transfers was answered, and is killed then, with others under way. */
async function transferUntilKilled(address: string, answers: number): Promise<number> {
  const child = spawn(
    process.execPath,
    ["--conditions=@mecha/source", "--import", tsx, script, address, String(accounts)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let answered = 0;
  const closed = once(child, "close");
  for await (const line of createInterface(child.stdout)) {
    if (line === "done" && ++answered === answers) child.kill("SIGKILL");
  }
  await closed;
  return answered;
}

describeWith(["daprd", "redis"], "the portable engine on daprd's state.redis", (on) => {
  let folder: string;
  let daprd: DaprdEngine;
  let cache: DaprdCache;
  const prefix = `k${String(Date.now())}:`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mecha-daprd-cache-"));
    // Keys of this run alone: daprd puts the app id before them.
    await writeComponent(folder, "state.redis", { redisHost: on.redis.address });
    daprd = await startDaprd({ appId: `cache-${prefix.slice(0, -1)}`, resourcesFolders: [folder] });
    cache = openDaprdCache(daprd.grpcAddress);
  }, startMs);
  afterAll(async () => {
    await cache[Symbol.asyncDispose]();
    await daprd.stop();
    await rm(folder, { recursive: true });
  });

  it("runs the commands of the example", async () => {
    const client = cache.connect();
    const replies = await client.send([
      ["SET", "s", "1", "EX", "100", "NX"],
      ["SET", "s", "2", "NX"],
      ["INCRBY", "n", "5"],
      ["HSET", "h", "f", "1"],
      ["HINCRBY", "h", "f", "2"],
      ["ZINCRBY", "z", "1.5", "m"],
      ["TTL", "s"],
      ["MULTI"],
      ["INCR", "n"],
      ["HGETALL", "h"],
      ["ZINCRBY", "z", "1", "m"],
      ["EXEC"],
      ["MULTI"],
      ["DEL", "n", "h"],
      ["DISCARD"],
      ["MGET", "n", "s", "absent"],
    ]);
    expect(replies).toMatchObject([
      "+OK",
      "$-1",
      ":5",
      ":1",
      ":3",
      "$3\r\n1.5",
      ":100",
      "+OK",
      "+QUEUED",
      "+QUEUED",
      "+QUEUED",
      { items: [":6", { items: ["$1\r\nf", "$1\r\n3"] }, "$3\r\n2.5"] },
      "+OK",
      "+QUEUED",
      "+OK",
      { items: ["$1\r\n6", "$1\r\n1", "$-1"] },
    ]);
  });

  it("refuses a transaction whose watched key was changed, also by another that removed and made it again", async () => {
    const [watcher, other] = [cache.connect(), cache.connect()];
    await other.call("SET", "aba", "1");
    await watcher.call("WATCH", "aba");
    await other.send([
      ["DEL", "aba"],
      ["SET", "aba", "1"],
    ]);
    const replies = await watcher.send([["MULTI"], ["SET", "aba", "2"], ["SET", "aba2", "2"], ["EXEC"]]);
    expect(replies.at(-1)).toBe("*-1");
    expect(
      await other.send([
        ["GET", "aba"],
        ["GET", "aba2"],
      ]),
    ).toEqual(["$1\r\n1", "$-1"]);
  });

  describe("while processes are killed in the middle of transactions", () => {
    it("shows the sum of all accounts unchanged to everybody, and loses no transfer that was answered", async () => {
      const rounds = [7, 12, 5, 9];
      const progress = { isOver: false };
      const killed = Promise.all(
        [0, 1].map(async (lane) => {
          let answered = 0;
          for (const [round, answers] of rounds.entries())
            if (round % 2 === lane) answered += await transferUntilKilled(daprd.grpcAddress, answers);
          return answered;
        }),
      ).finally(() => (progress.isOver = true));
      const reader = cache.connect();
      let looks = 0;
      for (; !progress.isOver; looks++) expect((await books(reader)).sum).toBe(0);
      const answered = (await killed).reduce((sum, each) => sum + each, 0);
      const { sum, transfers } = await books(reader);
      expect(looks).toBeGreaterThan(0);
      expect(sum).toBe(0);
      // Each process has three transfers under way at most when it dies.
      expect(transfers).toBeGreaterThanOrEqual(answered);
      expect(transfers).toBeLessThanOrEqual(answered + 3 * rounds.length);
      // Nothing is held for good: everybody can go on.
      const keys = Array.from({ length: accounts }, (_, index) => ["INCRBY", `account:${String(index)}`, "0"]);
      for (const reply of await cache.connect().send(keys)) expect(reply).toMatch(/^:/);
    }, 120_000);
  });
});
