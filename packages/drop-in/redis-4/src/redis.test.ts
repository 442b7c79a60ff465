import { useComponents, type ComponentFolder } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import * as original from "redis-4-upstream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memory, onRedis } from "../../ioredis-5/test/components.js";
import { clientBehaviour, type AnyClient } from "../../redis-5/test/client-behaviour.js";
import { clusterBehaviour } from "../../redis-5/test/node-behaviour.js";
import * as dropIn from "./index.js";

let components: ComponentFolder;

// The shared tests use what the releases have in common, though their types differ.
const create = (options?: object): AnyClient => dropIn.createClient(options) as unknown as AnyClient;

function behaviour(): void {
  clientBehaviour({ create, end: (client) => client.quit() });
  clusterBehaviour(
    (options) => dropIn.createCluster(options as original.RedisClusterOptions),
    (cluster) => cluster.quit(),
  );
}

it("exports every name of the original", () => {
  const own = ["createClient", "createCluster"];
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
    await ours.hSet("redis-4:mixed-fleet", "ours", "1");
    await theirs.hSet("redis-4:mixed-fleet", "theirs", "2");
    expect({ ...(await ours.hGetAll("redis-4:mixed-fleet")) }).toEqual({ ours: "1", theirs: "2" });
    await Promise.all([theirs.quit(), ours.quit()]);
  });
});

describe("with wrong settings", () => {
  it("rejects each command with what to write", async () => {
    components = await useComponents([memory, { name: "other", type: "state.in-memory" }]);
    const client = create({ socket: { host: "tair.example" } });
    client.on("error", () => undefined);
    await client.connect();
    await expect(client.get("a")).rejects.toThrow('cache: [{ match: { host: "tair.example" }, state: NAME }]');
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- redis 4 has no other name for it
    await client.disconnect();
    await components.remove();
  });
});
