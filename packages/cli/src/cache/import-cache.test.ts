import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { Redis } from "ioredis-upstream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { importCache, type ImportOptions } from "./import-cache.js";
import { openTarget } from "./open-target.js";

describeWith("redis", "an import of a cache", (on) => {
  const prefix = `${randomUUID()}:`;
  let folder: string;
  let redis: Redis;
  let options: ImportOptions;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mecha-import-"));
    const connectionString = join(folder, "cache.db");
    await writeFile(join(folder, "cache.yaml"), componentYaml("cache", "state.sqlite", { connectionString }));
    redis = new Redis({ host: on.redis.host, port: on.redis.port, db: 3 });
    options = {
      from: `redis://${on.redis.address}/3`,
      component: "cache",
      appId: "shop",
      resourcesPaths: [join(folder, "cache.yaml")],
      match: `${prefix}*`,
      verifies: true,
      resumes: false,
      progressFile: join(folder, "progress.jsonl"),
      onProgress: () => undefined,
    };
  }, 60_000);

  afterAll(async () => {
    const keys = await redis.keys(`${prefix}*`);
    if (keys.length > 0) await redis.del(keys);
    redis.disconnect();
    await rm(folder, { recursive: true });
  });

  it("copies every type and its expiry, goes on with what has changed, and refuses the file of another", async () => {
    await redis.set(`${prefix}bytes`, Buffer.from([0, 255, 13, 10]), "EX", 3_600);
    await redis.hset(`${prefix}hash`, { a: 1, b: 2 });
    await redis.rpush(`${prefix}list`, "a", "b", "a");
    await redis.sadd(`${prefix}set`, "a", "b");
    await redis.zadd(`${prefix}zset`, "inf", "a", -1.5, "b");
    await redis.xadd(`${prefix}stream`, "5-1", "f", "v");
    await redis.xgroup("CREATE", `${prefix}stream`, "group", "0");
    await redis.xreadgroup("GROUP", "group", "one", "STREAMS", `${prefix}stream`, ">");
    expect(await importCache(options)).toMatchObject({ keys: 6, copied: 6, passes: 2, settled: true, differences: [] });

    await expect(importCache(options)).rejects.toThrow("pass --resume to go on with it");
    await redis.rpush(`${prefix}list`, "c");
    await redis.del(`${prefix}set`);
    const resumed = await importCache({ ...options, resumes: true });
    expect(resumed).toMatchObject({ keys: 5, copied: 1, removed: 1, settled: true, differences: [] });
    await expect(importCache({ ...options, resumes: true, appId: "other" })).rejects.toThrow(/its appId is "shop"/u);
  }, 60_000);

  it("names what is too large to be copied, and finds a difference that was planted", async () => {
    const match = `${prefix}proof:*`;
    const progressFile = join(folder, "proof.jsonl");
    await redis.hset(`${prefix}proof:hash`, { a: 1, b: 2 });
    await redis.set(`${prefix}proof:string`, Buffer.alloc(4 * 1024 * 1024 + 1));
    const first = await importCache({ ...options, match, progressFile });
    expect(first).toMatchObject({
      keys: 1,
      settled: true,
      skipped: [`${prefix}proof:string (string with more than cache takes in one message)`],
      differences: [expect.stringMatching(/proof:string" is missing/u)],
    });

    await redis.del(`${prefix}proof:string`);
    const target = await openTarget({ ...options, database: 3 });
    await target.client.call("HSET", `${prefix}proof:hash`, "b", "planted");
    await target.close();
    const again = await importCache({ ...options, match, progressFile, resumes: true });
    expect(again).toMatchObject({ copied: 0, differences: [expect.stringMatching(/proof:hash" has another value/u)] });
  }, 60_000);

  it("goes on until it has what others write meanwhile", async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `${prefix}busy:${String(index)}`);
    const count = async (): Promise<void> => {
      await Promise.all(keys.map((key) => redis.incr(key)));
    };
    await count();
    let passes = 0;
    const writing = { isOver: false };
    const write = async (): Promise<void> => {
      while (!writing.isOver) await count();
    };
    const written = write();
    const summary = await importCache({
      ...options,
      match: `${prefix}busy:*`,
      progressFile: join(folder, "busy.jsonl"),
      onProgress: () => {
        if (++passes === 2) writing.isOver = true;
      },
    });
    await written;
    expect(summary.passes).toBeGreaterThan(2);
    expect(summary).toMatchObject({ keys: 40, settled: true, differences: [] });
  }, 60_000);

  it("says which server does not answer", async () => {
    await expect(importCache({ ...options, from: "redis://127.0.0.1:1/0" })).rejects.toThrow(
      /redis:\/\/127\.0\.0\.1:1\/0 does not answer: .*ECONNREFUSED/u,
    );
  });
});
