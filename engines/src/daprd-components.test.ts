import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startDaprd } from "./daprd.js";
import { describeWith } from "./describe-engine.js";
import { engineStartMs } from "./shared-engine.js";
import { serveApp } from "./testing/http-app.js";
import { temporaryFolder } from "./testing/process-and-folder.js";
import { component, resourcesFolder } from "./testing/resources.js";

interface Metadata {
  readonly components: readonly { readonly name: string; readonly type: string }[];
}

describeWith(["daprd", "redis"], "the components of daprd", (on) => {
  test("all load, and each can be named in YAML", async () => {
    using data = temporaryFolder();
    const file = (name: string): string => join(data.path, name);
    writeFileSync(file("secrets.json"), "{}");
    mkdirSync(file("keys"));
    const redis = { redisHost: on.redis.address };
    const metadataOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      "state.in-memory": {},
      "state.redis": redis,
      "state.sqlite": { connectionString: file("state.db") },
      "pubsub.in-memory": {},
      "pubsub.redis": redis,
      "configuration.redis": redis,
      "lock.redis": redis,
      "bindings.cron": { schedule: "@every 1h" },
      "bindings.http": { url: "http://127.0.0.1" },
      "bindings.localstorage": { rootPath: file("stored") },
      "bindings.redis": redis,
      "secretstores.local.env": {},
      "secretstores.local.file": { secretsFile: file("secrets.json") },
      "crypto.dapr.jwks": { jwks: '{"keys":[]}' },
      "crypto.dapr.localstorage": { path: file("keys") },
      "conversation.echo": {},
    };
    const types = Object.keys(metadataOf);
    using resources = resourcesFolder(
      Object.fromEntries(
        Object.entries(metadataOf).map(([type, metadata]) => [`${type}.yaml`, component(type, type, metadata)]),
      ),
    );
    await using daprd = await startDaprd({ appId: "components", resourcesFolders: [resources.path] });
    const { components } = (await (await fetch(`${daprd.httpAddress}/v1.0/metadata`)).json()) as Metadata;
    expect(components.map(({ type }) => type).sort()).toEqual(types.sort());
  });
});

describeWith(["daprd", "rocketmq"], "daprd with a real RocketMQ", (on) => {
  test("publishes to it and delivers from it", { timeout: engineStartMs }, async () => {
    using resources = resourcesFolder({
      "pubsub.yaml": component("orders-pubsub", "pubsub.rocketmq", {
        nameServer: on.rocketmq.nameServer,
        producerGroup: "daprd-test-producer",
        consumerGroup: "daprd-test-consumer",
      }),
    });
    let deliver: ((body: string) => void) | undefined;
    const delivered = new Promise<string>((resolve) => {
      deliver = resolve;
    });
    await using app = await serveApp(({ path, body }) => {
      if (path === "/dapr/subscribe") {
        return [{ pubsubname: "orders-pubsub", topic: "daprd-test-orders", route: "/orders" }];
      }
      if (path !== "/orders") return undefined;
      deliver?.(body);
      return { status: "SUCCESS" };
    });
    await using daprd = await startDaprd({
      appId: "subscriber",
      appPort: app.port,
      resourcesFolders: [resources.path],
      timeoutMs: engineStartMs,
    });
    const published = await fetch(`${daprd.httpAddress}/v1.0/publish/orders-pubsub/daprd-test-orders`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"number":7}',
    });
    expect(published.status).toBe(204);
    // The component wraps what it reads, which is the event that daprd had published, in an event once more.
    const outer = JSON.parse(await delivered) as { topic: string; data: string };
    expect(outer.topic).toBe("daprd-test-orders");
    expect(JSON.parse(outer.data)).toMatchObject({ topic: "daprd-test-orders", data: { number: 7 } });
  });
});
