import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startDaprd } from "./daprd.js";
import { describeWith } from "./describe-engine.js";
import { createTopic } from "./rocketmq-topics.js";
import { engineStartMs } from "./shared-engine.js";
import { serveApp } from "./testing/http-app.js";
import { temporaryFolder } from "./testing/process-and-folder.js";
import { component, resourcesFolder } from "./testing/resources.js";

interface Metadata {
  /** Absent where none is loaded. */
  readonly components?: readonly { readonly name: string; readonly type: string }[];
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
      "conversation.openai": { key: "none" },
    };
    const types = Object.keys(metadataOf);
    using resources = resourcesFolder(
      Object.fromEntries(
        Object.entries(metadataOf).map(([type, metadata]) => [`${type}.yaml`, component(type, type, metadata)]),
      ),
    );
    await using daprd = await startDaprd({ appId: "components", resourcesFolders: [resources.path] });
    const { components = [] } = await metadataOfSidecar(daprd.httpAddress);
    expect(components.map(({ type }) => type).sort()).toEqual(types.sort());
  });
});

describeWith(["daprd", "rocketmq"], "daprd with a real RocketMQ", (on) => {
  test("has one bindings.rocketmq a process, for one direction, and not without its accessProto", {
    timeout: engineStartMs,
  }, async () => {
    const { nameServer } = on.rocketmq;
    const tcp = { nameServer, accessProto: "tcp" };
    const output = { ...tcp, direction: "output" };
    const loadedOf = async (...metadata: readonly Readonly<Record<string, string>>[]): Promise<readonly string[]> => {
      using resources = resourcesFolder(
        Object.fromEntries(metadata.map((entry, index) => [`${index}.yaml`, lenientBinding(String(index), entry)])),
      );
      await using daprd = await startDaprd({ appId: "queues", resourcesFolders: [resources.path] });
      const { components = [] } = await metadataOfSidecar(daprd.httpAddress);
      return components.map(({ name }) => name);
    };
    expect(await loadedOf({ nameServer, direction: "output" }, output, { ...output, instanceId: "another" })).toEqual([
      "1",
    ]);
    expect(await loadedOf(tcp)).toEqual([]);
  });

  test("publishes to it and delivers from it", { timeout: engineStartMs }, async () => {
    // A topic that the first message has to make is late where the machine is busy.
    await createTopic(on.rocketmq, "daprd-test-orders");
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
    expect([published.status, await published.text()]).toEqual([204, ""]);
    // The component wraps what it reads, which is the event that daprd had published, in an event once more.
    const outer = JSON.parse(await delivered) as { topic: string; data: string };
    expect(outer.topic).toBe("daprd-test-orders");
    expect(JSON.parse(outer.data)).toMatchObject({ topic: "daprd-test-orders", data: { number: 7 } });
  });
});

async function metadataOfSidecar(httpAddress: string): Promise<Metadata> {
  return (await (await fetch(`${httpAddress}/v1.0/metadata`)).json()) as Metadata;
}

/** A `bindings.rocketmq` without which daprd goes on if it does not start. */
function lenientBinding(name: string, metadata: Readonly<Record<string, string>>): string {
  // JSON, as `component` writes it.
  const document = JSON.parse(component(name, "bindings.rocketmq", metadata)) as { readonly spec: object };
  return JSON.stringify({ ...document, spec: { ...document.spec, ignoreErrors: true } });
}
