import { once } from "node:events";
import { eventually, pubSubSuite, stateStoreSuite } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import type { MessageHandler, PubSub, StateOperation, StateStore } from "@mecha/spec";
import * as test from "vitest";
import { component as lock } from "../src/lock/redis.js";
import { component as pubsub } from "../src/pubsub/redis.js";
import { component } from "../src/state/redis.js";
import { type RedisServerProcess, startCluster, startServer } from "./redis-servers.js";
import { testContext } from "./test-context.js";

const { afterAll, beforeAll, describe, expect, it } = test;

function set(key: string, value = "x"): StateOperation {
  return { type: "set", key, value: Buffer.from(value) };
}

describeWith("redis", "a Redis Cluster of three masters", () => {
  let servers: readonly RedisServerProcess[] = [];
  let store: StateStore;
  const metadata = (): Record<string, string> => ({
    redisType: "cluster",
    redisHost: servers.map(({ address }) => address).join(","),
  });

  beforeAll(async () => {
    servers = await startCluster();
    store = await component.create(testContext("state.redis", metadata()));
  }, 120_000);
  afterAll(async () => {
    await store.close?.();
    for (const server of servers) await server.stop();
  });

  // Keys of the suite's transactions are in one slot: the prefix is in braces.
  describe("with keys of one slot", () => {
    const inOneSlot = (key: string): string => `{suite}${key}`;
    stateStoreSuite(
      test,
      async () => {
        const inner = await component.create(testContext("state.redis", metadata()));
        return {
          ...inner,
          get: (keys, options) => inner.get(keys.map(inOneSlot), options),
          write: (operations, options) =>
            inner.write(
              operations.map((operation) =>
                operation.key === "" ? operation : { ...operation, key: inOneSlot(operation.key) },
              ),
              options,
            ),
        };
      },
      {
        features: ["ETAG", "TRANSACTIONAL", "TTL"],
        malformedEtag: "not-a-number",
        foreignEtag: "987654321",
        etagsNeverRepeat: false,
      },
    );
  });

  it("spreads keys over all masters, and reads and removes them in bulk", async () => {
    const keys = Array.from({ length: 900 }, (_, index) => `spread||${String(index)}`);
    const written = await store.write(
      keys.map((key) => set(key, key)),
      { atomic: false },
    );
    expect(written).toEqual(keys.map(() => undefined));
    for (const { admin } of servers) expect(await admin.dbsize()).toBeGreaterThan(100);
    const records = await store.get(keys);
    expect(records.map((record) => String(record?.value))).toEqual(keys);
    await store.write(
      keys.map((key) => ({ type: "delete", key })),
      { atomic: false },
    );
    expect(await store.get(keys)).toEqual(keys.map(() => undefined));
  });

  it("applies a transaction in one slot, and refuses one over several, applying nothing", async () => {
    await store.write([set("a{7}"), set("b{7}")], { atomic: true });
    expect((await store.get(["a{7}", "b{7}"])).map(Boolean)).toEqual([true, true]);
    await expect(store.write([set("one"), set("two")], { atomic: true })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("CROSSSLOT") as string,
    });
    expect(await store.get(["one", "two"])).toEqual([undefined, undefined]);
  });

  describe("topics", () => {
    const soon = { "mecha.redeliverInterval": "5ms", processingTimeout: "2s", redeliverInterval: "100" };
    pubSubSuite(test, () => pubsub.create(testContext("pubsub.redis", { ...metadata(), ...soon })), {
      features: ["BULK_PUBLISH"],
      contentType: false,
    });
  });

  it("has no native sessions, and does not serve what writes several keys at once", async () => {
    expect(store.openSession).toBeUndefined();
    for (const more of [{ actorStateStore: "true" }, { outboxPublishTopic: "orders" }]) {
      await expect(component.create(testContext("state.redis", { ...metadata(), ...more }))).rejects.toMatchObject({
        code: "CONFIGURATION_INVALID",
      });
    }
  });
});

describeWith("redis", "a Redis behind a sentinel", () => {
  let master: RedisServerProcess;
  let replica: RedisServerProcess;
  let sentinel: RedisServerProcess;
  let store: StateStore;
  let topics: PubSub;
  const redis = (): Record<string, string> => ({
    failover: "true",
    sentinelMasterName: "main",
    redisHost: sentinel.address,
    redisPassword: "s3cret",
  });

  beforeAll(async () => {
    const password = "s3cret";
    master = await startServer(["save ''", "repl-diskless-sync-delay 0"], { password });
    replica = await startServer(["save ''", `replicaof 127.0.0.1 ${String(master.port)}`], { password });
    await eventually(
      "the replica follows",
      async () => (await replica.admin.info("replication")).includes("master_link_status:up"),
      60_000,
    );
    sentinel = await startServer(
      [
        `sentinel monitor main 127.0.0.1 ${String(master.port)} 1`,
        ...[`sentinel auth-pass main ${password}`, "sentinel down-after-milliseconds main 500"],
        "sentinel failover-timeout main 5000",
      ],
      { mode: "sentinel" },
    );
    await eventually(
      "the sentinel knows the replica",
      async () => String(await sentinel.admin.call("SENTINEL", "REPLICAS", "main")).includes(String(replica.port)),
      60_000,
    );
    store = await component.create(testContext("state.redis", redis()));
    topics = await pubsub.create(testContext("pubsub.redis", redis()));
  }, 180_000);
  afterAll(async () => {
    await topics.close?.();
    await store.close?.();
    for (const server of [sentinel, replica, master]) await server.stop();
  });

  it("writes to the master that the sentinel names, and opens sessions there", async () => {
    expect(store.backend).toBe(`redis://${sentinel.address}/main/0`);
    await store.write([set("sentinel||a", "1"), set("sentinel||b", "2")], { atomic: true });
    expect(await master.admin.hget("sentinel||a", "data")).toBe("1");
    const session = await store.openSession?.();
    session?.stream.write("CONFIG GET port\r\n");
    const [reply] = (await once(session?.stream ?? process, "data")) as [Buffer];
    expect(reply.toString()).toContain(String(master.port));
    session?.stream.destroy();
  });

  it("has no locks, as one may be lost when a copy takes over", async () => {
    await expect(lock.create(testContext("lock.redis", redis()))).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringContaining("1 replicas") as string,
    });
  });

  it("goes on with the new master when the old one dies, with what was replicated", async () => {
    await eventually(
      "the replica has it",
      async () => (await replica.admin.hget("sentinel||b", "data")) === "2",
      30_000,
    );
    const seen: string[] = [];
    const message = (data: string) => ({ data: Buffer.from(data), metadata: {} });
    const take: MessageHandler = async ({ data }) => {
      seen.push(Buffer.from(data).toString());
      return "success";
    };
    await topics.subscribe("sentinel-topic", take, { metadata: {} });
    expect(await topics.publish("sentinel-topic", [message("before")])).toEqual([undefined]);
    await eventually("the first event is there", async () => seen.includes("before"), 30_000);
    await master.kill();
    const write = (): Promise<boolean> =>
      store.write([set("sentinel||c", "3")], { atomic: true }).then(
        () => true,
        () => false,
      );
    await eventually("writes are taken again", write, 60_000);
    expect(await replica.admin.hget("sentinel||c", "data")).toBe("3");
    const publish = (): Promise<boolean> =>
      topics.publish("sentinel-topic", [message("after")]).then(
        ([error]) => error === undefined,
        () => false,
      );
    await eventually("events are taken again", publish, 60_000);
    await eventually("the event comes", async () => seen.includes("after"), 60_000);
    expect((await store.get(["sentinel||a", "sentinel||b"])).map((record) => String(record?.value))).toEqual([
      "1",
      "2",
    ]);
  }, 90_000);
});
