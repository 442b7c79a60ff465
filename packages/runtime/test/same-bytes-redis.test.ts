import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { createMecha, type Mecha } from "@mecha/sdk-core";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { Redis } from "ioredis-upstream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRuntime } from "../src/runtime.js";

/** One folder of YAML, read by the embedded runtime and by real daprd, on one Redis. */
describeWith(["daprd", "redis"], "one folder on Redis, embedded and on daprd", (on) => {
  let redis: Redis;
  const apps = new Map<string, Mecha>();
  const closers: (() => unknown)[] = [];

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "mecha-same-bytes-"));
    const redisHost = on.redis.address;
    const events = componentYaml("events", "pubsub.redis", {
      redisHost,
      processingTimeout: "1s",
      redeliverInterval: "200",
    });
    await writeFile(join(folder, "events.yaml"), events);
    await writeFile(join(folder, "cache.yaml"), componentYaml("cache", "bindings.redis", { redisHost }));
    redis = new Redis(on.redis.port, on.redis.host);
    const daprd = await startDaprd({ appId: "on-daprd", resourcesFolders: [folder], logLevel: "warn" });
    const transport = createGrpcTransport({ address: daprd.grpcAddress });
    const close = (): Promise<void> => Promise.resolve();
    apps.set("daprd", createMecha({ transport, mode: "sidecar", close }, "on-daprd"));
    const runtime = await createRuntime({ appId: "embedded", resourcesPaths: [folder], baseFolder: folder });
    apps.set("embedded", createMecha({ transport: runtime.transport, mode: "embedded", close }, "embedded"));
    closers.push(
      () => runtime.close(),
      () => transport.close(),
      () => daprd.stop(),
      () => redis.quit(),
      () => rm(folder, { recursive: true, force: true }),
    );
  });
  afterAll(async () => {
    for (const close of closers) await close();
  });

  const app = (name: string): Mecha => {
    const found = apps.get(name);
    if (found === undefined) throw new Error(`there is no app "${name}"`);
    return found;
  };
  const directions = [
    ["embedded", "daprd"],
    ["daprd", "embedded"],
  ] as const;

  it.each(directions)("what %s publishes, %s gets: data, attributes, raw bytes", async (from, to) => {
    const topic = `same-${randomUUID()}`;
    const bytes = Buffer.from([0, 255, 10, 128]);
    const publisher = app(from).pubsub("events");
    await publisher.publish(topic, { n: 1, text: "grüß <dich>" }, { cloudEvent: { type: "order.paid" } });
    await publisher.publish(topic, bytes);
    await publisher.publishBulk(topic, [{ data: "one of two" }, { data: "two of two" }]);
    const events = [];
    for await (const received of app(to).pubsub("events").subscribe(topic)) {
      const { data, type, source } = received.event;
      events.push({ data, type, source });
      received.ack();
      if (events.length === 4) break;
    }
    const source = app(from).appId;
    expect(events.find(({ type }) => type === "order.paid")).toEqual({
      data: { n: 1, text: "grüß <dich>" },
      type: "order.paid",
      source,
    });
    const others = events.filter(({ type }) => type !== "order.paid").map(({ data }) => data);
    expect(others.map((data) => (data instanceof Uint8Array ? [...data] : data)).sort()).toEqual(
      [[...bytes], "one of two", "two of two"].sort(),
    );
  });

  it("both leave the same entries: fields, and names of attributes", async () => {
    const shapes = [];
    for (const name of ["embedded", "daprd"]) {
      const topic = `bytes-${randomUUID()}`;
      const publisher = app(name).pubsub("events");
      await publisher.publish(topic, { n: 1 });
      await publisher.publish(topic, { n: 1 }, { metadata: { b: "<&>", a: "ü" } });
      await publisher.publish(topic, "raw", { rawPayload: true });
      const entries = await redis.xrange(topic, "-", "+");
      const fields = entries.map(([, parts]) => Object.fromEntries(pairs(parts)));
      shapes.push(
        fields.map(({ data = "", metadata }, index) => ({
          // Traces are daprd's own, and ids and times differ.
          data: index === 2 ? data : Object.keys(JSON.parse(data) as object).sort(),
          metadata: index === 2 ? undefined : metadata,
        })),
      );
    }
    expect(shapes[0]).toEqual(shapes[1]);
  });

  it.each(directions)("what %s keeps through the binding, %s reads", async (from, to) => {
    const key = `binding-${randomUUID()}`;
    const bytes = Buffer.from([1, 0, 255]);
    await app(from)
      .binding("cache")
      .invoke("create", bytes, { metadata: { key, ttlInSeconds: "60" } });
    expect(await redis.ttl(key)).toBeGreaterThan(50);
    const kept = await app(to).binding("cache").invoke("get", undefined, { metadata: { key } });
    expect([...kept.bytes]).toEqual([...bytes]);
    await app(to).binding("cache").invoke("delete", undefined, { metadata: { key } });
    expect(await redis.exists(key)).toBe(0);
    const count = { metadata: { key: `${key}-count` } };
    await app(from).binding("cache").invoke("increment", undefined, count);
    await app(to).binding("cache").invoke("increment", undefined, count);
    expect((await app(from).binding("cache").invoke("get", undefined, count)).text()).toBe("2");
  });
});

function pairs(parts: readonly string[]): [string, string][] {
  return parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? ""]] : []));
}
