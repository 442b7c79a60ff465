import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startRedis } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InstalledApp, installApp, openWorkshop, type Workshop } from "./installed-app.js";

/** The two lines that a user changes, and gives to dependencies too. */
const dropIns = { ioredis: "npm:@mecha/ioredis@^5.11.0", redis: "npm:@mecha/redis@^5.12.0" };

/** Libraries as they are published; the newest of some want Node 22. */
const libraries = {
  "@mecha/sdk-core": "*",
  "@nestjs/common": "^11.1.0",
  "@nestjs/core": "^11.1.0",
  "@nestjs/microservices": "^11.1.0",
  bullmq: "6.7.0",
  "cache-manager": "^7.2.0",
  "connect-redis": "9.0.0",
  "egg-redis": "2.6.1",
  express: "^5.2.0",
  "express-rate-limit": "8.7.5",
  "express-session": "1.19.0",
  keyv: "^5.5.0",
  "rate-limit-redis": "6.0.1",
  "rate-limiter-flexible": "11.4.0",
  redlock: "4.2.0",
  "reflect-metadata": "^0.2.2",
  rxjs: "^7.8.0",
};

/** What each library gives, whatever answers behind the drop-ins. */
const expected = {
  caches: {
    both: [
      { price: 12, computed: 1 },
      { price: 12, computed: 1 },
    ],
    found: [1, 2, null],
    cleared: null,
  },
  sessions: { visits: [1, 2, 1, 1], sessions: 2, expires: true, cleared: 0 },
  limits: {
    flexible: { let: 5, refused: 7, consumed: true, reward: 2, deleted: true },
    express: [200, 200, 200, 429, 429],
    totalHits: 1,
  },
  locks: { second: "LockError", gone: "LockError", most: 1 },
  queues: {
    waiting: 2,
    results: ["c", "d", ["child 1", "child 2"]],
    attempts: 3,
    sum: 780,
    once: 40,
    first: true,
    counts: { completed: 47, failed: 0, active: 0, waiting: 0 },
  },
  nest: { answer: { sku: "a-1", price: 12 }, many: 20, failed: "error", heard: [{ sku: "a-1" }] },
  egg: "hatched",
};

let workshop: Workshop;
let app: InstalledApp;

beforeAll(async () => {
  workshop = await openWorkshop();
  app = await installApp(workshop, {
    name: "libraries",
    fixture: "libraries",
    dependencies: { ...dropIns, ...libraries },
    overrides: dropIns,
  });
}, 600_000);

afterAll(() => workshop[Symbol.asyncDispose](), 300_000);

/** Writes the YAML of one component called `cache` into a folder of its own, whose path it gives. */
function component(name: string, type: string, metadata: Readonly<Record<string, string>> = {}): string {
  const folder = join(app.folder, "components", name);
  mkdirSync(folder, { recursive: true });
  const items = Object.entries(metadata).map(([key, value]) => ({ name: key, value }));
  const resource = {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name: "cache" },
    spec: { type, version: "v1", metadata: items },
  };
  writeFileSync(join(folder, "cache.yaml"), JSON.stringify(resource));
  return folder;
}

const run = (folder: string): Promise<unknown> => app.report("main.mjs", { DAPR_RESOURCES_PATHS: folder });

describe("libraries on ioredis and redis, unchanged", () => {
  it("work on a store in memory", { timeout: 180_000 }, async () => {
    expect(await run(component("memory", "state.in-memory"))).toEqual(expected);
  });

  it("work on SQLite", { timeout: 180_000 }, async () => {
    const connectionString = join(app.folder, "cache.db");
    expect(await run(component("sqlite", "state.sqlite", { connectionString }))).toEqual(expected);
  });
});

describeWith("redis", "libraries on ioredis and redis, unchanged, with Redis behind", () => {
  it("work natively", { timeout: 180_000 }, async () => {
    await using redis = await startRedis();
    expect(await run(component("redis", "state.redis", { redisHost: redis.address }))).toEqual(expected);
  });
});
