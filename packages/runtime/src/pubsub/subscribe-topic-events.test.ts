import { componentYaml } from "@mecha/conformance";
import { appCallback, daprMethods, type pubsub } from "@mecha/sdk-core/protocol";
import type { PubSub, Subscription } from "@mecha/spec";
import { expect, test, vi } from "vitest";
import { testRuntime } from "../../test/runtime-fixture.js";
import { Registry } from "../registry.js";
import { subscribeTopicEvents } from "./subscribe-topic-events.js";
import { TopicScopes } from "./topic-scopes.js";
import type { TopicStream } from "./topic-stream.js";

const { SUCCESS } = appCallback.TopicEventResponse_TopicEventResponseStatus;

type Request = pubsub.SubscribeTopicEventsRequestAlpha1;

const initial = (pubsubName: string, topic = "paid"): Request => ({
  subscribeTopicEventsRequestType: { $case: "initialRequest", value: { pubsubName, topic, metadata: {} } },
});

async function endOf(requests: readonly Request[]): Promise<unknown> {
  const { transport } = await testRuntime({ "events.yaml": componentYaml("events", "pubsub.in-memory") });
  async function* source() {
    yield* requests;
    await new Promise(() => undefined);
  }
  try {
    for await (const _ of transport.stream(daprMethods.subscribeTopicEventsAlpha1, source())) continue;
    return undefined;
  } catch (error) {
    return error;
  }
}

test("a stream that begins with anything but an initial request is refused", async () => {
  const processed: Request = {
    subscribeTopicEventsRequestType: { $case: "eventProcessed", value: { id: "1", status: { status: SUCCESS } } },
  };
  expect(await endOf([processed])).toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("a second initial request ends the stream", async () => {
  expect(await endOf([initial("events"), initial("events")])).toMatchObject({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining("second"),
  });
});

test("a subscription to what is not there is refused for good", async () => {
  expect(await endOf([initial("nowhere")])).toMatchObject({
    code: "INVALID_ARGUMENT",
    reason: "DAPR_PUBSUB_NOT_FOUND",
  });
  expect(await endOf([initial("events", "")])).toMatchObject({
    code: "INVALID_ARGUMENT",
    reason: "DAPR_PUBSUB_TOPIC_NAME_EMPTY",
  });
});

test("closing the runtime waits for the event under way, whose handler may still use the runtime", async () => {
  const files = {
    "events.yaml": componentYaml("events", "pubsub.in-memory"),
    "store.yaml": componentYaml("store", "state.in-memory"),
  };
  const runtime = await testRuntime(files);
  const { transport } = runtime;
  let acknowledge = (_: Request): void => undefined;
  const acknowledgement = new Promise<Request>((resolve) => (acknowledge = resolve));
  async function* requests() {
    yield initial("events");
    yield await acknowledgement;
    await new Promise(() => undefined);
  }
  const responses = transport.stream(daprMethods.subscribeTopicEventsAlpha1, requests())[Symbol.asyncIterator]();
  await responses.next();
  await transport.unary(daprMethods.publishEvent, {
    pubsubName: "events",
    topic: "paid",
    data: Buffer.from("1"),
    dataContentType: "text/plain",
    metadata: {},
  });
  const content = (await responses.next()).value?.subscribeTopicEventsResponseType;

  const closing = runtime.close();
  await transport.unary(daprMethods.saveState, {
    storeName: "store",
    states: [{ key: "k", value: Buffer.from("1"), metadata: {} }],
  });
  const id = content?.$case === "eventMessage" ? content.value.id : "";
  acknowledge({
    subscribeTopicEventsRequestType: { $case: "eventProcessed", value: { id, status: { status: SUCCESS } } },
  });

  await closing;
  await expect(responses.next()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(transport.unary(daprMethods.getMetadata, {})).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a stream that is left while its component still subscribes leaves no subscription behind", async () => {
  let subscribed = (_: Subscription): void => undefined;
  let isClosed = false;
  const component: PubSub = {
    backend: "test",
    features: [],
    publish: () => Promise.resolve([]),
    subscribe: () => new Promise((resolve) => (subscribed = resolve)),
  };
  const running = {
    name: "events",
    kind: "pubsub",
    type: "pubsub.test",
    version: "v1",
    metadata: {},
    component,
  } as const;
  const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const open = new Set<TopicStream>();
  const scopes = new TopicScopes("test-app");
  const handle = subscribeTopicEvents({ registry: new Registry([running]), logger, scopes, open });
  async function* requests() {
    yield initial("events");
    await new Promise(() => undefined);
  }
  const { signal } = new AbortController();
  const call = { metadata: {}, signal, peer: "test", setHeader: () => undefined, setTrailer: () => undefined };
  const responses = handle(requests(), call)[Symbol.asyncIterator]();
  const first = responses.next();
  const refused = expect(first).rejects.toMatchObject({ code: "CANCELLED" });
  await vi.waitUntil(() => open.size === 1);
  await responses.return?.();
  subscribed({ close: () => Promise.resolve(void (isClosed = true)) });
  await refused;
  expect({ isClosed, open: open.size }).toEqual({ isClosed: true, open: 0 });
});
