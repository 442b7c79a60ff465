import { useComponents, type ComponentFolder } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import * as original from "redis-6-upstream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memory, onRedis } from "../../ioredis-5/test/components.js";
import { clientBehaviour, type AnyClient } from "../../redis-5/test/client-behaviour.js";
import { clusterBehaviour, sentinelBehaviour } from "../../redis-5/test/node-behaviour.js";
import * as dropIn from "./index.js";

let components: ComponentFolder;

// The shared tests use what the releases have in common, though their types differ.
const create = (options?: object): AnyClient => dropIn.createClient(options) as unknown as AnyClient;

function behaviour(): void {
  clientBehaviour({ create, end: (client) => client.close() });
  clusterBehaviour(
    (options) => dropIn.createCluster(options as original.RedisClusterOptions),
    (cluster) => cluster.close(),
  );
  sentinelBehaviour(
    (options) => dropIn.createSentinel(options as original.RedisSentinelOptions),
    (sentinel) => sentinel.close(),
  );

  it("keeps a pool of clients", async () => {
    const pool = dropIn.createClientPool({ url: "redis://tair.example" }, { minimum: 1, maximum: 3 });
    await pool.connect();
    await pool.set("redis-6:pooled", "0");
    await Promise.all(Array.from({ length: 30 }, () => pool.incr("redis-6:pooled")));
    expect(await pool.get("redis-6:pooled")).toBe("30");
    await pool.close();
  });
}

it("exports every name of the original", () => {
  const own = ["createClient", "createClientPool", "createCluster", "createSentinel"];
  for (const [name, value] of Object.entries(original)) {
    if (["default", "module.exports", "__esModule"].includes(name)) continue;
    if (own.includes(name)) expect(dropIn).toHaveProperty(name);
    else expect([name, dropIn[name as keyof typeof dropIn]]).toEqual([name, value]);
  }
});

describe("on a store in memory", () => {
  beforeAll(async () => {
    components = await useComponents([memory]);
  });
  afterAll(() => components.remove());
  behaviour();
});

describeWith("redis", "on a real Redis", (on) => {
  beforeAll(async () => {
    components = await useComponents([onRedis(on.redis.address)]);
  });
  afterAll(() => components.remove());
  behaviour();

  it("shares keys with a client that was not migrated", async () => {
    const theirs = original.createClient({ url: `redis://${on.redis.address}` });
    const ours = create();
    await Promise.all([theirs.connect(), ours.connect()]);
    await ours.hSet("redis-6:mixed-fleet", "ours", "1");
    await theirs.hSet("redis-6:mixed-fleet", "theirs", "2");
    expect({ ...(await ours.hGetAll("redis-6:mixed-fleet")) }).toEqual({ ours: "1", theirs: "2" });
    await Promise.all([theirs.close(), ours.close()]);
  });
});

describe("with wrong settings", () => {
  it("says what to write in each error event and tries again, as for a server that refuses HELLO", async () => {
    components = await useComponents([memory, { name: "other", type: "state.in-memory" }]);
    const client = create({ socket: { host: "tair.example" } });
    const errors: Error[] = [];
    client.on("error", (error: Error) => errors.push(error));
    const ended = expect(client.connect()).rejects.toThrow();
    await expect.poll(() => errors.length, { timeout: 20_000 }).toBeGreaterThan(1);
    client.destroy();
    await ended;
    expect(errors[0]?.message).toContain('cache: [{ match: { host: "tair.example" }, state: NAME }]');
    await components.remove();
  });
});
