import { lockStoreSuite } from "@mecha/conformance";
import { startRedis } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { Redis } from "ioredis-upstream";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./redis.js";

const { expect, it } = test;

describeWith("redis", "lock.redis", (on) => {
  const open = () => component.create(testContext("lock.redis", { redisHost: on.redis.address }));

  lockStoreSuite(test, open, { shared: true });

  it("names itself as what it is where it was closed, and where nobody waits for it any more", async () => {
    const store = await open();
    const wanted = { resource: "lock||named||r", owner: "me", expirySeconds: 1 };
    await expect(store.tryLock(wanted, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "CANCELLED",
      message: expect.stringContaining('Lock store "under-test"'),
    });
    await store.close?.();
    await expect(store.tryLock(wanted)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: 'Lock store "under-test" (lock.redis) is closed',
    });
  });

  it("leaves daprd's bytes: the owner in a string with Redis's own expiry", async () => {
    const [store, redis] = [await open(), new Redis(on.redis.port, on.redis.host)];
    try {
      await store.tryLock({ resource: "lock||bytes||r", owner: "me", expirySeconds: 50 });
      expect(await redis.get("lock||bytes||r")).toBe("me");
      expect(await redis.ttl("lock||bytes||r")).toBeGreaterThan(48);
      await store.unlock({ resource: "lock||bytes||r", owner: "me" });
      expect(await redis.exists("lock||bytes||r")).toBe(0);
    } finally {
      await redis.quit();
      await store.close?.();
    }
  });

  it("refuses a server with replicas, which may forget a lock when one takes over", async () => {
    await using main = await startRedis();
    await using copy = await startRedis();
    const [redis, replica] = [new Redis(main.port, main.host), new Redis(copy.port, copy.host)];
    try {
      await replica.replicaof(main.host, main.port);
      await expect.poll(() => redis.info("replication")).toContain("connected_slaves:1");
      const created = component.create(testContext("lock.redis", { redisHost: main.address }));
      await expect(created).rejects.toMatchObject({
        code: "CONFIGURATION_INVALID",
        message: expect.stringContaining("has 1 replicas") as string,
      });
    } finally {
      await Promise.all([redis.quit(), replica.quit()]);
    }
  });
});
