import { componentYaml } from "@mecha/conformance";
import { appCallback, daprMethods, type AppChannel, type CallOptions } from "@mecha/sdk-core/protocol";
import { MechaError, type DeliveryOutcome } from "@mecha/spec";
import { expect, test } from "vitest";
import { Failures, flakyApp, flakyComponents, policies, resiliencyYaml } from "../../test/resiliency-fixture.js";
import { testRuntime } from "../../test/runtime-fixture.js";
import type { Runtime } from "../runtime.js";

const { SUCCESS, RETRY } = appCallback.TopicEventResponse_TopicEventResponseStatus;

async function runtimeWith(targets: object, failures: Failures, app?: AppChannel) {
  const { catalogue, handlers } = flakyComponents(failures);
  const files = {
    "r.yaml": resiliencyYaml({ policies, targets }),
    "store.yaml": componentYaml("store", "state.flaky"),
    "events.yaml": componentYaml("events", "pubsub.flaky"),
    "counted.yaml": componentYaml("counted", "pubsub.counting"),
  };
  const runtime = await testRuntime(files, { catalogue });
  if (app !== undefined) await runtime.attachApp(app);
  return { runtime, transport: runtime.transport, handlers };
}

const request = { storeName: "store", key: "k", consistency: 0, metadata: {} };

const read = ({ transport }: Pick<Runtime, "transport">) => transport.unary(daprMethods.getState, request);

const invoke = ({ transport }: Pick<Runtime, "transport">, options: CallOptions = {}) =>
  transport.unary(daprMethods.invokeService, { id: "test-app", message: { method: "pay", contentType: "" } }, options);

test("metadata lists the resources", async () => {
  const { transport } = await runtimeWith({}, new Failures(0));
  expect((await transport.unary(daprMethods.getMetadata, {})).resiliencies).toEqual([{ name: "r" }]);
});

test("a read that fails is made again, and what the last one failed with is told", async () => {
  const targets = { components: { store: { outbound: { retry: "twice" } } } };
  const recovers = new Failures(2);
  expect((await read(await runtimeWith(targets, recovers))).etag).toBe("1");
  expect(recovers.made).toBe(3);

  const never = new Failures(9);
  await expect(read(await runtimeWith(targets, never))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(never.made).toBe(3);
});

test("a breaker that is open answers as daprd's, and spares the backend", async () => {
  const failures = new Failures(9);
  const { runtime } = await runtimeWith(
    { components: { store: { outbound: { circuitBreaker: "second" } } } },
    failures,
  );
  for (let call = 1; call <= 2; call++) await expect(read(runtime)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(read(runtime)).rejects.toMatchObject({
    code: "INTERNAL",
    reason: "ERR_STATE_GET",
    message: expect.stringContaining("circuit breaker is open") as unknown,
  });
  expect(failures.made).toBe(2);
});

test("of several items, those that failed are written again, and a wrong ETag is not", async () => {
  const failures = new Failures(0);
  const { transport } = await runtimeWith({ components: { store: { outbound: { retry: "twice" } } } }, failures);
  const item = (key: string) => ({ key, value: Buffer.from("1"), metadata: {} });
  await transport.unary(daprMethods.saveState, { storeName: "store", states: ["good", "bad"].map(item) });
  expect(failures.made).toBe(3);
  const states = [{ ...item("stale"), etag: { value: "7" } }];
  await expect(transport.unary(daprMethods.saveState, { storeName: "store", states })).rejects.toMatchObject({
    code: "ETAG_MISMATCH",
  });
  expect(failures.made).toBe(4);
});

test("what is published is published again", async () => {
  const failures = new Failures(1);
  const { transport } = await runtimeWith({ components: { events: { outbound: { retry: "twice" } } } }, failures);
  const event = { pubsubName: "events", topic: "t", data: Buffer.from("1"), dataContentType: "", metadata: {} };
  await transport.unary(daprMethods.publishEvent, event);
  expect(failures.made).toBe(2);
});

test("an app is invoked again, and only the headers of its last answer go out", async () => {
  const failures = new Failures(1, new MechaError("INVALID_ARGUMENT", "not like this"));
  // As in daprd, `matching` is not asked of what comes by InvokeService.
  const { runtime } = await runtimeWith({ apps: { "test-app": { retry: "codes" } } }, failures, flakyApp(failures));
  let attempt: string | undefined;
  const reply = await invoke(runtime, { onHeader: (header) => (attempt = header["attempt"]) });
  expect([reply.data?.value.toString(), attempt, failures.made]).toEqual(["done", "2", 2]);
});

test("an app that is too slow is told so, and its caller as by daprd", async () => {
  let told = false;
  const app: AppChannel = {
    invoke: (_, { signal }) => new Promise(() => signal.addEventListener("abort", () => (told = true))),
  };
  const { runtime } = await runtimeWith({ apps: { "test-app": { timeout: "short" } } }, new Failures(0), app);
  await expect(invoke(runtime)).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
    message: "context deadline exceeded",
  });
  expect(told).toBe(true);
});

test("an app whose breaker is open is not called", async () => {
  const failures = new Failures(9);
  const targets = { apps: { "test-app": { circuitBreaker: "second" } } };
  const { runtime } = await runtimeWith(targets, failures, flakyApp(failures));
  for (let call = 1; call <= 2; call++) await expect(invoke(runtime)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(invoke(runtime)).rejects.toMatchObject({ code: "UNKNOWN", message: "circuit breaker is open" });
  expect(failures.made).toBe(2);
});

const message = (id: string) => ({
  id,
  data: Buffer.from(JSON.stringify({ id, source: "s", type: "t", specversion: "1.0", data: 1 })),
  metadata: {},
  attempt: 1,
});

const subscription = { pubsubName: "events", topic: "t", metadata: {}, deadLetterTopic: "" };

test.each([
  ["that matches is delivered again", "UNAVAILABLE", 3],
  ["that does not match is not", "INVALID_ARGUMENT", 1],
] as const)("an event whose handler throws an error %s, and is over then", async (_, code, calls) => {
  const failures = new Failures(9, new MechaError(code, "no"));
  const app: AppChannel = {
    subscriptions: [subscription],
    topic: async () => {
      failures.count();
      return { status: SUCCESS };
    },
  };
  const { handlers } = await runtimeWith({ components: { events: { inbound: { retry: "codes" } } } }, failures, app);
  expect(await handlers[0]?.(message("1"))).toBe("drop");
  expect(failures.made).toBe(calls);
});

test.each([
  ["whose broker counts deliveries", "counted", { retry: "twice" }, 3],
  ["that a circuit breaker has refused", "events", { retry: "twice", circuitBreaker: "second" }, 2],
  ["of a policy without retries", "events", { circuitBreaker: "second" }, 1],
] as const)("an event %s goes back to the broker", async (_, pubsubName, inbound, calls) => {
  const failures = new Failures(9);
  const app: AppChannel = {
    subscriptions: [{ ...subscription, pubsubName }],
    topic: async () => {
      failures.count();
      return { status: SUCCESS };
    },
  };
  const { handlers } = await runtimeWith({ components: { [pubsubName]: { inbound } } }, failures, app);
  expect(await handlers[0]?.(message("1"))).toBe("retry");
  expect(failures.made).toBe(calls);
});

test("of a batch, the events that the app asks for again come again", async () => {
  const batches: string[][] = [];
  const app: AppChannel = {
    subscriptions: [{ ...subscription, bulkSubscribe: { enabled: true, maxMessagesCount: 2, maxAwaitDurationMs: 0 } }],
    topic: async () => ({ status: SUCCESS }),
    bulkTopic: async ({ entries }) => {
      const idOf = (entry: (typeof entries)[number]): string =>
        entry.event?.$case === "cloudEvent" ? entry.event.value.id : "";
      batches.push(entries.map(idOf));
      const isFirst = batches.length === 1;
      const statusOf = (id: string) => (isFirst && id === "bad" ? RETRY : SUCCESS);
      return { statuses: entries.map((entry) => ({ entryId: entry.entryId, status: statusOf(idOf(entry)) })) };
    },
  };
  const targets = { components: { events: { inbound: { retry: "twice" } } } };
  const { handlers } = await runtimeWith(targets, new Failures(0), app);
  const outcomes = await Promise.all(["good", "bad"].map(async (id) => handlers[0]?.(message(id))));
  expect(outcomes).toEqual(["success", "success"]);
  expect(batches).toEqual([["good", "bad"], ["bad"]]);
});

test("an event that a stream asks for again comes again, by its policy", async () => {
  const targets = { components: { events: { inbound: { retry: "twice" } } } };
  const { transport, handlers } = await runtimeWith(targets, new Failures(0));
  const outgoing: ((id: string) => void)[] = [];
  const answers: string[] = [];
  async function* requests() {
    const value = { pubsubName: "events", topic: "t", metadata: {} };
    yield { subscribeTopicEventsRequestType: { $case: "initialRequest" as const, value } };
    for (;;) {
      const id = answers.shift() ?? (await new Promise<string>((resolve) => outgoing.push(resolve)));
      const status = { status: seen < 3 ? RETRY : SUCCESS };
      yield { subscribeTopicEventsRequestType: { $case: "eventProcessed" as const, value: { id, status } } };
    }
  }
  let seen = 0;
  let outcome: Promise<DeliveryOutcome | undefined> | undefined;
  for await (const { subscribeTopicEventsResponseType: response } of transport.stream(
    daprMethods.subscribeTopicEventsAlpha1,
    requests(),
  )) {
    if (response?.$case === "eventMessage") {
      seen++;
      const wake = outgoing.shift();
      if (wake === undefined) answers.push(response.value.id);
      else wake(response.value.id);
      if (seen === 3) break;
    } else outcome = Promise.resolve(handlers[0]?.(message("7")));
  }
  expect(seen).toBe(3);
  expect(["success", "retry"]).toContain(await outcome);
});
