import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { componentYaml, eventually } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { Redis } from "ioredis-upstream";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ImportSummary } from "../src/cache/import-cache.js";
import { type RunningMecha, startMecha } from "./mecha-run.js";
import { createRunFolder, type RunFolder } from "./run-folder.js";

const startMs = 120_000;

describeWith("redis", "mecha cache import", (on) => {
  const prefix = `${randomUUID()}:`;
  const key = (name: string): string => `${prefix}${name}`;
  let folder: RunFolder;
  let redis: Redis;

  const start = (...more: string[]): RunningMecha =>
    startMecha(
      ["cache", "import", "--from", `redis://${on.redis.address}/3`, "--component", "cache", "-a", "shop"].concat(
        ["--match", `${prefix}*`, "-d", "components", "--json", "--verify"],
        more,
      ),
      { cwd: folder.path },
    );
  const summaryOf = async (running: RunningMecha): Promise<ImportSummary> =>
    JSON.parse(await running.said(/^\{"keys"/u)) as ImportSummary;

  beforeAll(async () => {
    folder = await createRunFolder({
      "cache.yaml": componentYaml("cache", "state.sqlite", { connectionString: ".mecha/cache.db" }),
    });
    redis = new Redis({ host: on.redis.host, port: on.redis.port, db: 3 });
    const load = redis.pipeline();
    for (let index = 0; index < 400; index++) load.set(key(`s${String(index)}`), `value ${String(index)}`);
    load.set(key("bytes"), Buffer.from([0, 255, 13, 10]), "PX", 3_600_000);
    load.hset(
      key("hash"),
      Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`f${String(at)}`, `v${String(at)}`])),
    );
    load.rpush(key("list"), ...Array.from({ length: 600 }, (_, at) => `i${String(at % 7)}`));
    load.sadd(key("set"), ...Array.from({ length: 600 }, (_, at) => `m${String(at)}`));
    load.zadd(key("zset"), ...Array.from({ length: 600 }, (_, at) => [at / 3, `m${String(at)}`]).flat());
    load.zadd(key("zset"), "inf", "last", "-1.5e300", "first");
    // Beyond what one message of the Dapr API may have.
    const long = "x".repeat(2_000);
    load.hset(key("huge"), Object.fromEntries(Array.from({ length: 2_300 }, (_, at) => [`f${String(at)}`, long])));
    load.expire(key("huge"), 3_600);
    load.pfadd(key("hll"), "a", "b", "c");
    for (let at = 1; at <= 250; at++) load.xadd(key("stream"), `${String(at)}-0`, "n", String(at));
    load.xgroup("CREATE", key("stream"), "group", "0");
    load.xreadgroup("GROUP", "group", "one", "COUNT", 3, "STREAMS", key("stream"), ">");
    load.xack(key("stream"), "group", "2-0");
    load.xgroup("CREATECONSUMER", key("stream"), "group", "idle");
    load.xgroup("CREATE", key("empty"), "group", "$", "MKSTREAM");
    const failed = (await load.exec())?.find(([error]) => error !== null);
    expect(failed).toBeUndefined();
  }, startMs);

  afterAll(async () => {
    const keys = await redis.keys(`${prefix}*`);
    if (keys.length > 0) await redis.del(keys);
    redis.disconnect();
    await folder.remove();
  }, startMs);

  it(
    "goes on where it was killed, copies again what changed meanwhile, and proves that all is there",
    async () => {
      const progressFile = join(folder.path, ".mecha/import-cache.jsonl");
      const killed = start();
      await eventually(
        "some keys are copied",
        () => Promise.resolve(existsSync(progressFile) && readFileSync(progressFile, "utf8").split("\n").length > 50),
        startMs,
      );
      killed.signal("SIGKILL");
      await killed.ended;

      const refused = start();
      await refused.said("pass --resume to go on with it");
      expect(await refused.ended).toBe(1);

      await redis.rpush(key("list"), "more");
      await redis.set(key("s1"), "changed");
      await redis.del(key("s0"));
      const resumed = start("--resume");
      const summary = await summaryOf(resumed);
      expect(summary).toMatchObject({ keys: 408, settled: true, skipped: [], differences: [] });
      expect(summary.copied).toBeLessThan(408);
      expect(await resumed.ended).toBe(0);
    },
    2 * startMs,
  );

  it(
    "brings what has changed since it was done",
    async () => {
      await redis.set(key("late"), "1");
      await redis.expire(key("s2"), 1_000);
      await redis.del(key("s3"));
      const again = start("--resume");
      expect(await summaryOf(again)).toMatchObject({
        keys: 408,
        copied: 2,
        removed: 1,
        settled: true,
        differences: [],
      });
      expect(await again.ended).toBe(0);
    },
    startMs,
  );
});
