import { componentYaml } from "@mecha/conformance";
import { appCallback, common, daprMethods, type Transport } from "@mecha/sdk-core/protocol";
import { expect, test } from "vitest";
import { testRuntime } from "../../test/runtime-fixture.js";

const events = componentYaml("events", "pubsub.in-memory", { "mecha.redeliverInterval": "5ms" });
const store = componentYaml("store", "state.in-memory", {
  outboxPublishPubsub: "events",
  outboxPublishTopic: "orders",
  outboxDiscardWhenMissingState: "true",
  // Markers are then seen by their keys.
  keyPrefix: "none",
});

interface Write {
  readonly key: string;
  readonly value: string;
  readonly metadata?: Record<string, string>;
  readonly etag?: string;
  readonly type?: "upsert" | "delete";
}

const transact = (transport: Transport, ...writes: readonly Write[]) =>
  transport.unary(daprMethods.executeStateTransaction, {
    storeName: "store",
    metadata: {},
    operations: writes.map(({ key, value, metadata = {}, etag, type = "upsert" }) => ({
      operationType: type,
      request: common.StateItem.fromPartial({
        key,
        value: Buffer.from(value),
        metadata,
        ...(etag !== undefined && { etag: { value: etag } }),
      }),
    })),
  });

const valueOf = async (transport: Transport, key: string): Promise<string> => {
  const request = { storeName: "store", key, consistency: 0, metadata: {} };
  return (await transport.unary(daprMethods.getState, request)).data.toString();
};

/** A runtime with an outbox, and what it publishes in the end: the bytes of the envelopes. */
async function open() {
  const runtime = await testRuntime({ "events.yaml": events, "store.yaml": store });
  const seen: Record<string, unknown>[] = [];
  const waiters = new Set<() => void>();
  await runtime.attachApp({
    topic: async ({ id, source, type, data, extensions, dataContentType }) => {
      seen.push({ id, source, type, dataContentType, data: data.toString(), ...extensions });
      for (const wake of waiters) wake();
      return { status: appCallback.TopicEventResponse_TopicEventResponseStatus.SUCCESS };
    },
    subscriptions: [
      { pubsubName: "events", topic: "orders", metadata: {}, deadLetterTopic: "", routes: { rules: [], default: "/" } },
    ],
  });
  const holds = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (seen.length >= count) resolve();
      };
      waiters.add(check);
      check();
    });
  return { ...runtime, seen, holds };
}

test("each write of a transaction becomes an event, with its metadata as attributes, and leaves no marker", async () => {
  const { transport, seen, holds } = await open();
  await transact(
    transport,
    {
      key: "1",
      value: '{"n":12345678901234567890}',
      metadata: { contentType: "application/json", region: "north", type: "order.paid" },
    },
    { key: "2", value: "plain" },
    { key: "3", value: "", type: "delete" },
  );
  await holds(2);
  for (const { id } of seen) {
    expect(id).toMatch(/^outbox-/);
    await expect.poll(() => valueOf(transport, String(id))).toBe("");
  }
  const [one, two] = [...seen].sort((a, b) => String(b["data"]).localeCompare(String(a["data"])));
  expect(two).toMatchObject({
    data: '{"n":12345678901234567000}',
    type: "order.paid",
    region: "north",
    source: "test-app",
    topic: "orders",
    pubsubname: "events",
  });
  expect(one).toMatchObject({ data: "plain", type: "com.dapr.event.sent", dataContentType: "text/plain" });
  expect(await valueOf(transport, "2")).toBe("plain");
});

test("a projection is published instead of what is stored", async () => {
  const { transport, seen, holds } = await open();
  await transact(
    transport,
    { key: "1", value: "stored" },
    { key: "1", value: "published", metadata: { "outbox.projection": "true" } },
  );
  await holds(1);
  expect(seen.map(({ data }) => data)).toEqual(["published"]);
  expect(await valueOf(transport, "1")).toBe("stored");
});

test("nothing of a transaction that fails is published", async () => {
  const { transport, seen, holds } = await open();
  await expect(transact(transport, { key: "1", value: "refused", etag: "wrong" })).rejects.toMatchObject({
    reason: "ERR_STATE_TRANSACTION",
  });
  await transact(transport, { key: "2", value: "applied" });
  await holds(1);
  expect(seen.map(({ data }) => data)).toEqual(["applied"]);
});

test("an outbox that names a pub/sub component which is not there fails the start", async () => {
  await expect(testRuntime({ "store.yaml": store })).rejects.toMatchObject({ reason: "DAPR_PUBSUB_NOT_FOUND" });
});
