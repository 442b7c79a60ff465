import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { componentYaml } from "@mecha/conformance";
import { appCallback, daprMethods, pubsub, type AppChannel, type Transport } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { expect, onTestFinished, test } from "vitest";
import { testRuntime } from "../../test/runtime-fixture.js";
import type { Runtime } from "../runtime.js";

const { SUCCESS, RETRY, DROP } = appCallback.TopicEventResponse_TopicEventResponseStatus;

type Status = appCallback.TopicEventResponse_TopicEventResponseStatus;

const events = componentYaml("events", "pubsub.in-memory", { "mecha.redeliverInterval": "5ms" });

/** An app that keeps what it gets, by path, and answers with what `answer` says. */
function recordingApp(answer: (path: string, attempt: number) => Status | Error = () => SUCCESS) {
  const seen: [path: string, data: string][] = [];
  const waiters = new Set<() => void>();
  const channel: AppChannel = {
    topic: async ({ path, data }) => {
      const text = data.toString();
      const attempt = seen.push([path, text]);
      for (const wake of waiters) wake();
      const status = answer(path, attempt);
      if (status instanceof Error) throw status;
      return { status };
    },
  };
  const holds = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (seen.length >= count) resolve();
      };
      waiters.add(check);
      check();
    });
  return { channel, seen, holds };
}

const subscription = (fields: Partial<appCallback.TopicSubscription>): appCallback.TopicSubscription => ({
  pubsubName: "events",
  topic: "orders",
  metadata: {},
  deadLetterTopic: "",
  ...fields,
});

const publish = (transport: Transport, topic: string, data: unknown, metadata: Record<string, string> = {}) =>
  transport.unary(
    daprMethods.publishEvent,
    pubsub.PublishEventRequest.fromPartial({
      pubsubName: "events",
      topic,
      data: Buffer.from(JSON.stringify(data)),
      dataContentType: "application/json",
      metadata,
    }),
  );

const retries = (maxRetries: number): string =>
  JSON.stringify({
    kind: "Resiliency",
    metadata: { name: "again" },
    spec: {
      policies: { retries: { again: { policy: "constant", duration: "5ms", maxRetries } } },
      targets: { components: { events: { inbound: { retry: "again" } } } },
    },
  });

const declared = (spec: object, apiVersion = "dapr.io/v2alpha1"): string =>
  JSON.stringify({
    apiVersion,
    kind: "Subscription",
    metadata: { name: "declared" },
    spec: { pubsubname: "events", ...spec },
  });

test("routes see all attributes of the event, and the first whose rule is true takes it", async () => {
  const { transport, attachApp } = await testRuntime({ "events.yaml": events });
  const app = recordingApp();
  const rules = [
    { match: 'event.type == "order.paid" && event.data.sum >= 100.0', path: "/large" },
    { match: 'event.type.startsWith("order.")', path: "/orders" },
    { match: 'has(event.region) && event.region == "north"', path: "/north" },
  ];
  await attachApp({ ...app.channel, subscriptions: [subscription({ routes: { rules, default: "/rest" } })] });
  await publish(transport, "orders", { sum: 250 }, { "cloudevent.type": "order.paid" });
  await publish(transport, "orders", { sum: 1 }, { "cloudevent.type": "order.paid" });
  await publish(transport, "orders", { sum: 2 });
  await app.holds(3);
  expect(app.seen.sort()).toEqual([
    ["/large", '{"sum":250}'],
    ["/orders", '{"sum":1}'],
    ["/rest", '{"sum":2}'],
  ]);
});

test("an event that no route takes is skipped, or goes to the dead letter topic", async () => {
  const { transport, attachApp } = await testRuntime({ "events.yaml": events });
  const app = recordingApp();
  const routes = { rules: [{ match: "event.data.sum > 100.0", path: "/large" }], default: "" };
  const skipping = subscription({ topic: "skipping", routes });
  const keeping = subscription({ topic: "keeping", routes, deadLetterTopic: "dead" });
  const dead = subscription({ topic: "dead", routes: { rules: [], default: "/dead" } });
  await attachApp({ ...app.channel, subscriptions: [skipping, keeping, dead] });
  await publish(transport, "skipping", { sum: 1 });
  await publish(transport, "keeping", { sum: 2 });
  await publish(transport, "skipping", { sum: 300 });
  await app.holds(2);
  expect(app.seen.sort()).toEqual([
    ["/dead", '{"sum":2}'],
    ["/large", '{"sum":300}'],
  ]);
});

test("a rule that is no CEL fails the attachment and leaves nothing open", async () => {
  const { attachApp } = await testRuntime({ "events.yaml": events });
  const routes = { rules: [{ match: "event.type ==", path: "/x" }], default: "" };
  await expect(
    attachApp({ ...recordingApp().channel, subscriptions: [subscription({ routes })] }),
  ).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("event.type ==") });
});

test("what the app asks to have again, or fails at, comes again until it is done", async () => {
  const { transport, attachApp } = await testRuntime({ "events.yaml": events });
  const app = recordingApp((_, attempt) => [RETRY, new Error("broken")][attempt - 1] ?? SUCCESS);
  await attachApp({ ...app.channel, subscriptions: [subscription({ routes: { rules: [], default: "/x" } })] });
  await publish(transport, "orders", 1);
  await app.holds(3);
});

test("a retry policy is tried to its end before an event goes to the dead letter topic; what is dropped goes at once", async () => {
  const { transport, attachApp } = await testRuntime({ "events.yaml": events, "retries.yaml": retries(2) });
  const app = recordingApp((path) => ({ "/stubborn": RETRY, "/dropping": DROP })[path] ?? SUCCESS);
  const subscriptions = ["stubborn", "dropping"].map((topic) =>
    subscription({ topic, deadLetterTopic: "dead", routes: { rules: [], default: `/${topic}` } }),
  );
  const dead = subscription({ topic: "dead", routes: { rules: [], default: "/dead" } });
  await attachApp({ ...app.channel, subscriptions: [...subscriptions, dead] });
  await publish(transport, "stubborn", "s");
  await publish(transport, "dropping", "d");
  await app.holds(6);
  expect(app.seen.filter(([path]) => path === "/stubborn")).toHaveLength(3);
  expect(app.seen.filter(([path]) => path === "/dropping")).toHaveLength(1);
  expect(
    app.seen
      .filter(([path]) => path === "/dead")
      .map(([, data]) => data)
      .sort(),
  ).toEqual(['"d"', '"s"']);
});

test("an event for an app that does not have the method at all is given up", async () => {
  const { transport, attachApp } = await testRuntime({ "events.yaml": events });
  const app = recordingApp((path) =>
    path === "/absent" ? new MechaError("UNIMPLEMENTED", "no such method") : SUCCESS,
  );
  const absent = subscription({ deadLetterTopic: "dead", routes: { rules: [], default: "/absent" } });
  const dead = subscription({ topic: "dead", routes: { rules: [], default: "/dead" } });
  await attachApp({ ...app.channel, subscriptions: [absent, dead] });
  await publish(transport, "orders", 1);
  await app.holds(2);
  expect(app.seen).toEqual([
    ["/absent", "1"],
    ["/dead", "1"],
  ]);
});

test("the end waits for what the app is handling, but no longer than it may", async () => {
  const { transport, attachApp, close } = await testRuntime({ "events.yaml": events }, { drainTimeoutMs: 50 });
  let started = (): void => undefined;
  const handling = new Promise<void>((resolve) => (started = resolve));
  let isAborted = false;
  const subscriptions = [subscription({ routes: { rules: [], default: "/x" } })];
  await attachApp({
    subscriptions,
    topic: (_, { signal }) => {
      signal.addEventListener("abort", () => (isAborted = true));
      started();
      return new Promise(() => undefined);
    },
  });
  await publish(transport, "orders", 1);
  await handling;
  await close();
  expect(isAborted).toBe(true);
});

test.each([
  ["v1alpha1", declared({ topic: "orders", route: "/declared" }, "dapr.io/v1alpha1")],
  ["v2alpha1", declared({ topic: "orders", routes: { rules: [{ match: "true", path: "/declared" }] } })],
])("a Subscription resource of %s delivers to the app that is attached, and to another after it", async (_, yaml) => {
  const { transport, attachApp } = await testRuntime({ "events.yaml": events, "declared.yaml": yaml });
  const [first, second] = [recordingApp(), recordingApp()];
  const detach = await attachApp(first.channel);
  await publish(transport, "orders", 1);
  await first.holds(1);
  await detach();
  await publish(transport, "orders", 2);
  await attachApp(second.channel);
  await second.holds(1);
  expect([first.seen, second.seen]).toEqual([[["/declared", "1"]], [["/declared", "2"]]]);
});

test("a Subscription resource that cannot start does not keep the others from it", async () => {
  const broken = declared({ pubsubname: "nowhere", topic: "t", routes: { default: "/x" } });
  const good = declared({ topic: "orders", routes: { default: "/good" } }).replace("declared", "good");
  const { transport, attachApp } = await testRuntime({ "events.yaml": events, "a.yaml": broken, "b.yaml": good });
  const app = recordingApp();
  await attachApp(app.channel);
  await publish(transport, "orders", 1);
  await app.holds(1);
});

const scoped = componentYaml("events", "pubsub.in-memory", {
  allowedTopics: "open, secret, own",
  protectedTopics: "secret",
  publishingScopes: "other=own;test-app=own,open",
  subscriptionScopes: "other=secret",
});

async function outcomes(run: (runtime: Runtime, topic: string) => Promise<unknown>): Promise<Record<string, unknown>> {
  const runtime = await testRuntime({ "events.yaml": scoped });
  const results: Record<string, unknown> = {};
  for (const topic of ["open", "own", "secret", "unlisted"]) {
    results[topic] = await run(runtime, topic).then(
      () => "allowed",
      (error: unknown) => (error as { reason?: unknown }).reason,
    );
  }
  return results;
}

test("scopes of the component say which topics the app may publish to", async () => {
  const forbidden = "DAPR_PUBSUB_FORBIDDEN";
  expect(await outcomes(({ transport }, topic) => publish(transport, topic, 1))).toEqual({
    open: "allowed",
    own: "allowed",
    secret: forbidden,
    unlisted: forbidden,
  });
});

test("scopes of the component say which topics the app may subscribe to, called or streamed", async () => {
  const forbidden = "DAPR_PUBSUB_FORBIDDEN";
  const expected = { open: "allowed", own: "allowed", secret: forbidden, unlisted: forbidden };
  const called = ({ attachApp }: Runtime, topic: string) =>
    attachApp({ ...recordingApp().channel, subscriptions: [subscription({ topic })] });
  expect(await outcomes(called)).toEqual(expected);
  const streamed = async ({ transport }: Runtime, topic: string): Promise<void> => {
    const value = { pubsubName: "events", topic, metadata: {} };
    async function* requests() {
      yield { subscribeTopicEventsRequestType: { $case: "initialRequest" as const, value } };
    }
    for await (const _ of transport.stream(daprMethods.subscribeTopicEventsAlpha1, requests())) return;
  };
  expect(await outcomes(streamed)).toEqual(expected);
});

/** An app on a port that lists topics; resolves with the path of the first event. */
async function listingApp(topics: readonly object[]) {
  let heard = (_path: string): void => undefined;
  const first = new Promise<string>((resolve) => (heard = resolve));
  const server = createServer((request, response) => {
    if (request.url === "/dapr/subscribe") {
      response.end(JSON.stringify(topics));
      return;
    }
    if (request.method === "POST") heard(request.url ?? "");
    response.writeHead(request.method === "POST" ? 200 : 404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { first, endpoint: { port, protocol: "http" } as const };
}

test("an app on a port does without a topic that it may not have, and has its others", async () => {
  const scoped = componentYaml("events", "pubsub.in-memory", { subscriptionScopes: "test-app=open" });
  const { transport, connectApp } = await testRuntime({ "events.yaml": scoped });
  const routed = ["closed", "open"].map((topic) => ({ pubsubname: "events", topic, route: `/${topic}` }));
  const topics = [{ pubsubname: "events", topic: "without a route" }, ...routed];
  const { first, endpoint } = await listingApp(topics);
  const leave = await connectApp(endpoint, new AbortController().signal);
  await publish(transport, "closed", 1);
  await publish(transport, "open", 2);
  expect(await first).toBe("/open");
  expect(await toldTopics(transport)).toEqual([
    ["closed", ["/closed"]],
    ["open", ["/open"]],
  ]);
  await leave();
});

/** The topics that a runtime says come to its app, with their paths. */
async function toldTopics(transport: Transport): Promise<readonly [topic: string, paths: readonly string[]][]> {
  const { subscriptions } = await transport.unary(daprMethods.getMetadata, {});
  return subscriptions.map(({ topic, rules }) => [topic, (rules?.rules ?? []).map(({ path }) => path)]);
}

test("a rule that is no CEL costs an app on a port its list, but not what resources declare", async () => {
  const { transport, connectApp } = await testRuntime({
    "events.yaml": events,
    "declared.yaml": declared({ topic: "declared", routes: { default: "/declared" } }),
  });
  const { first, endpoint } = await listingApp([
    { pubsubname: "events", topic: "good", route: "/good" },
    { pubsubname: "events", topic: "bad", routes: { rules: [{ match: "event.type ==", path: "/bad" }] } },
  ]);
  const leave = await connectApp(endpoint, new AbortController().signal);
  await publish(transport, "good", 1);
  await publish(transport, "bad", 1);
  await publish(transport, "declared", 2);
  expect(await first).toBe("/declared");
  expect(await toldTopics(transport)).toEqual([["declared", ["/declared"]]]);
  await leave();
});
