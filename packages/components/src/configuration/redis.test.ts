import { configurationSuite, eventually } from "@mecha/conformance";
import { startRedis } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { Redis } from "ioredis-upstream";
import * as test from "vitest";
import { startLoopbackProxy } from "../../test/loopback-proxy.js";
import { testContext } from "../../test/test-context.js";
import { component } from "./redis.js";

const { afterAll, beforeAll, expect, it } = test;

describeWith("redis", "configuration.redis", (on) => {
  let redis: Redis;
  let version = 0;
  beforeAll(async () => {
    redis = new Redis(on.redis.port, on.redis.host);
    await redis.config("SET", "notify-keyspace-events", "KEA");
  });
  afterAll(() => redis.quit());

  configurationSuite(
    test,
    async () => {
      const proxy = await startLoopbackProxy(on.redis.address);
      const store = await component.create(testContext("configuration.redis", { redisHost: proxy.address }));
      return {
        store,
        async write(key, value) {
          await redis.set(key, `${value}||${String(++version)}`);
        },
        async remove(key) {
          await redis.del(key);
        },
        async withoutBackend(during) {
          await proxy.cut();
          await during();
          await proxy.mend();
        },
        async close() {
          await store.close?.();
          await proxy.close();
        },
      };
    },
    { listing: true, outages: true },
  );

  it("reads daprd's values: with a version, without, and never what is empty or no text", async () => {
    const store = await component.create(testContext("configuration.redis", { redisHost: on.redis.address }));
    try {
      await redis.mset("c1", "blue||v7", "c2", "plain", "c3", "a||b||c", "c4", "", "c5", "||v1");
      await redis.del("c6").then(() => redis.hset("c6", "field", "value"));
      const keys = ["c1", "c2", "c3", "c4", "c5", "c6", "c7"];
      expect(Object.fromEntries(await store.get(keys))).toEqual({
        c1: { value: "blue", version: "v7", metadata: {} },
        c2: { value: "plain", version: "", metadata: {} },
        c3: { value: "a", version: "b", metadata: {} },
      });
      const all = await store.get([]);
      expect(keys.filter((key) => all.has(key))).toEqual(["c1", "c2", "c3"]);
    } finally {
      await redis.del("c1", "c2", "c3", "c4", "c5", "c6");
      await store.close?.();
    }
  });

  it("tells a value that expires, and one that changed without a version", async () => {
    const store = await component.create(testContext("configuration.redis", { redisHost: on.redis.address }));
    const told: string[] = [];
    try {
      await redis.set("expiring", "1");
      await store.subscribe(["expiring"], (items) => {
        for (const { value, removed } of items.values()) told.push(removed === true ? "(removed)" : value);
      });
      await redis.set("expiring", "2", "PX", 50);
      await eventually("the end is told", async () => told.includes("(removed)"));
      expect(told).toEqual(["2", "(removed)"]);
    } finally {
      await store.close?.();
    }
  });

  it("says so where the server announces no changes", async () => {
    await using silent = await startRedis();
    const warnings: string[] = [];
    const { logger } = testContext("", {});
    const store = await component.create(
      testContext(
        "configuration.redis",
        { redisHost: silent.address },
        { logger: { ...logger, warn: (message) => void warnings.push(message) } },
      ),
    );
    await store.subscribe(["a"], () => undefined);
    expect(warnings).toEqual([expect.stringContaining("notify-keyspace-events")]);
    await store.close?.();
  });
});
