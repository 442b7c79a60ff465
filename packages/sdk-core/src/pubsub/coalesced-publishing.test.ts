import { MechaError, type MechaErrorCode } from "@mecha/spec";
import { describe, expect, it } from "vitest";
import { componentYaml, mechaOver, testRuntime, ways, type Way } from "../../test/mecha-fixture.js";
import { createMecha, type Mecha } from "../mecha.js";
import type { Transport } from "../transport/transport.js";
import type { PubSubOptions } from "./publish-options.js";

/** A component that coalesces, over a real runtime, with the names of the RPCs that it makes. */
async function coalescing(way: Way, options: PubSubOptions = { coalesce: true }) {
  const runtime = await testRuntime([componentYaml("events", "pubsub.in-memory", { redeliverInterval: "10ms" })]);
  const direct = await mechaOver(runtime, way);
  const calls: string[] = [];
  let before: (rpc: string) => Promise<void> | undefined = () => undefined;
  let after: (rpc: string) => void = () => undefined;
  const watched: Transport = {
    ...direct.transport,
    async unary(method, request, call) {
      const rpc = method.path.slice(method.path.lastIndexOf("/") + 1);
      calls.push(rpc);
      await before(rpc);
      const reply = await direct.transport.unary(method, request, call);
      after(rpc);
      return reply;
    },
  };
  const mecha = createMecha({ mode: "sidecar", transport: watched, close: () => Promise.resolve() }, "under-test");
  return {
    events: mecha.pubsub("events", options),
    received: await collect(direct, "t"),
    calls,
    before: (hook: typeof before) => (before = hook),
    after: (hook: typeof after) => (after = hook),
  };
}

/** What comes of a topic, in the order in which it comes. */
async function collect(mecha: Mecha, topic: string): Promise<() => Promise<readonly unknown[]>> {
  const data: unknown[] = [];
  const host = mecha.host().onTopic("events", topic, async (event) => {
    data.push(event.data);
  });
  await host.start();
  return async () => {
    await mecha.pubsub("events").publish(topic, "the end");
    await expect.poll(() => data.at(-1)).toBe("the end");
    return data.slice(0, -1);
  };
}

const failing = (code: MechaErrorCode, rpc: string, reason?: string) => (called: string) => {
  if (called !== rpc) return undefined;
  throw new MechaError(code, `${rpc} fails`, reason === undefined ? {} : { reason });
};

describe.each(ways)("a pub/sub component that coalesces, %s", (way) => {
  it("makes one bulk call of the events of a tick, in their order", async () => {
    const { events, received, calls } = await coalescing(way);
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    await Promise.all(numbers.map((number) => events.publish("t", number)));
    expect(calls).toEqual(["BulkPublishEvent"]);
    expect(await received()).toEqual(numbers);
  });

  it("makes a single event a plain call", async () => {
    const { events, received, calls } = await coalescing(way);
    await events.publish("t", 1);
    expect(calls).toEqual(["PublishEvent"]);
    expect(await received()).toEqual([1]);
  });

  it("does not mix topics, nor bare bytes with events", async () => {
    const { events, calls } = await coalescing(way);
    const bytes = Uint8Array.of(1);
    await Promise.all([
      events.publish("t", 1),
      events.publish("other", 2),
      events.publish("t", 3),
      events.publish("other", bytes, { rawPayload: true }),
      events.publish("other", bytes, { rawPayload: true }),
    ]);
    expect([...calls].sort()).toEqual(["BulkPublishEvent", "BulkPublishEvent", "PublishEvent"]);
  });

  it("keeps the order of events that are published while others are on their way, and takes them together", async () => {
    const { events, received, calls, before } = await coalescing(way);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    before(() => released);
    const publishes = [events.publish("t", 0)];
    for (let number = 1; number <= 5; number++) {
      await new Promise((resolve) => setImmediate(resolve));
      publishes.push(events.publish("t", number));
    }
    expect(calls).toEqual(["PublishEvent"]);
    release();
    await Promise.all(publishes);
    expect(calls).toEqual(["PublishEvent", "BulkPublishEvent"]);
    expect(await received()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("keeps to its bounds", async () => {
    const { events, received, calls } = await coalescing(way, { coalesce: { maximumEntries: 2, maximumBytes: 1000 } });
    await Promise.all([1, 2, 3].map((number) => events.publish("t", number)));
    expect(calls).toEqual(["BulkPublishEvent", "PublishEvent"]);
    calls.length = 0;
    await Promise.all(["x".repeat(900), "y".repeat(900)].map((text) => events.publish("t", text)));
    expect(calls).toEqual(["PublishEvent", "PublishEvent"]);
    expect(await received()).toHaveLength(5);
  });

  it("refuses an event that cannot be written by itself, and publishes the others", async () => {
    const { events, received, calls } = await coalescing(way);
    const outcomes = await Promise.allSettled([
      events.publish("t", 1),
      events.publish("t", undefined),
      events.publish("t", 2, { ttlSeconds: 0 }),
      events.publish("t", 3),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    expect(calls).toEqual(["BulkPublishEvent"]);
    expect(await received()).toEqual([1, 3]);
  });

  it("sends a batch again one by one, in order, when it was refused before anything was published", async () => {
    const { events, received, calls, before } = await coalescing(way);
    before(failing("RESOURCE_EXHAUSTED", "BulkPublishEvent"));
    await Promise.all([1, 2, 3].map((number) => events.publish("t", number)));
    expect(calls).toEqual(["BulkPublishEvent", "PublishEvent", "PublishEvent", "PublishEvent"]);
    expect(await received()).toEqual([1, 2, 3]);
  });

  it("gives each its own error when a batch that was refused is sent one by one", async () => {
    const { events, received } = await coalescing(way);
    const bad = { contentType: "application/cloudevents+json" };
    const publishes = [
      events.publish("t", 1),
      events.publish("t", Buffer.from("no JSON"), bad),
      events.publish("t", 2),
    ];
    const outcomes = await Promise.allSettled(publishes);
    expect(outcomes).toMatchObject([
      { status: "fulfilled" },
      { reason: { code: "INVALID_ARGUMENT", operation: "pubsub.publish", component: "events" } },
      { status: "fulfilled" },
    ]);
    expect(await received()).toEqual([1, 2]);
  });

  it("never sends a batch again that may have been published: each gets the error", async () => {
    const { events, received, calls, after } = await coalescing(way);
    after(failing("UNAVAILABLE", "BulkPublishEvent"));
    const outcomes = await Promise.allSettled([1, 2].map((number) => events.publish("t", number)));
    expect(outcomes).toMatchObject([{ reason: { code: "UNAVAILABLE" } }, { reason: { code: "UNAVAILABLE" } }]);
    after(failing("INVALID_ARGUMENT", "BulkPublishEvent", "DAPR_PUBSUB_PUBLISH_MESSAGE"));
    const others = await Promise.allSettled([3, 4].map((number) => events.publish("t", number)));
    expect(others.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(calls).toEqual(["BulkPublishEvent", "BulkPublishEvent"]);
    expect(await received()).toEqual([1, 2, 3, 4]);
  });

  it("lets one caller go and publishes what the others gave", async () => {
    const { events, received } = await coalescing(way);
    const leaving = new AbortController();
    const publishes = [
      events.publish("t", 1),
      events.publish("t", 2, { signal: leaving.signal }),
      events.publish("t", 3),
    ];
    leaving.abort();
    const outcomes = await Promise.allSettled(publishes);
    expect(outcomes).toMatchObject([
      { status: "fulfilled" },
      { reason: { code: "CANCELLED" } },
      { status: "fulfilled" },
    ]);
    expect(await received()).toEqual([1, 3]);
  });
});
