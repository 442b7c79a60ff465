import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serveAppCallback } from "@mecha/sdk-core/grpc";
import { appCallback, common, type AppChannel, type CallContext, type Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { expect, onTestFinished, test } from "vitest";
import type { AppChannelProtocol, InputBindingRoute } from "./app-endpoint.js";
import { openAppChannel } from "./open-app-channel.js";

const Status = appCallback.TopicEventResponse_TopicEventResponseStatus;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

interface Seen {
  readonly verb: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (seen: Seen, response: ServerResponse) => void;

/** An app on node:http, and the channel to it. */
async function httpApp(
  answer: Answer,
  options: { readonly inputBindings?: ReadonlyMap<string, InputBindingRoute>; readonly maxConcurrency?: number } = {},
): Promise<{ readonly channel: AppChannel; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void received(request).then((one) => {
      seen.push(one);
      answer(one, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const channel = await channelTo(port, "http", options);
  onTestFinished(() => void server.close());
  return { channel, seen };
}

async function channelTo(port: number, protocol: AppChannelProtocol, options = {}): Promise<AppChannel> {
  const endpoint = { port, protocol, apiToken: "from-runtime", maxMessageBytes: 1_000, logger: quiet, ...options };
  const { channel, close } = await openAppChannel(endpoint, AbortSignal.timeout(10_000));
  onTestFinished(close);
  return channel;
}

async function received(request: IncomingMessage): Promise<Seen> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const { method = "", url = "", headers } = request;
  return { verb: method, url, headers, body: Buffer.concat(pieces).toString() };
}

const noRoute: Answer = (_seen, response) => response.writeHead(404).end();

function context(metadata: Metadata = {}): CallContext & { readonly headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  return {
    metadata,
    signal: new AbortController().signal,
    peer: "test",
    headers,
    setHeader: (name, value) => void (headers[name] = value),
    setTrailer: () => undefined,
  };
}

function invokeRequest(method: string, body: string, verb = common.HTTPExtension_Verb.POST): common.InvokeRequest {
  return {
    method,
    contentType: "text/plain",
    data: { typeUrl: "", value: Buffer.from(body) },
    httpExtension: { verb, querystring: "a=1" },
  };
}

function event(contentType: string, data: string): appCallback.TopicEventRequest {
  return {
    ...appCallback.TopicEventRequest.fromPartial({}),
    id: "e1",
    source: "shop",
    type: "paid",
    specVersion: "1.0",
    dataContentType: contentType,
    data: Buffer.from(data),
    topic: "orders",
    pubsubName: "events",
    path: "/on/orders",
    extensions: { traceparent: "00-1" },
  };
}

async function failureOf(call: Promise<unknown>): Promise<MechaError> {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!MechaError.is(thrown)) throw new Error(`no MechaError was thrown, but ${String(thrown)}`);
  return thrown;
}

test("an invocation reaches the route of an HTTP app, with its query, headers and the app's token", async () => {
  const { channel, seen } = await httpApp((_one, response) =>
    response.writeHead(201, { "content-type": "text/css", "x-answer": "42" }).end("made"),
  );
  const call = context({ "x-trace": "abc", connection: "x-private", "x-private": "1", "dapr-api-token": "of-caller" });

  const reply = await channel.invoke?.(invokeRequest("a/../b", "hello"), call);

  expect(reply?.data?.value.toString()).toBe("made");
  expect(reply?.contentType).toBe("text/css");
  expect(call.headers).toMatchObject({ "x-answer": "42", "dapr-http-status": "201" });
  const { verb, url, headers, body } = seen.at(-1) ?? {};
  expect({ verb, url, body }).toEqual({ verb: "POST", url: "/b?a=1", body: "hello" });
  expect(headers).toMatchObject({ "x-trace": "abc", "content-type": "text/plain", "dapr-api-token": "from-runtime" });
  expect(headers).not.toHaveProperty("x-private");
});

test("the status of an HTTP app becomes daprd's gRPC code, with the start of what the app said", async () => {
  const { channel } = await httpApp((_one, response) => response.writeHead(409).end("x".repeat(80)));
  const failure = await failureOf(Promise.resolve(channel.invoke?.(invokeRequest("m", ""), context())));
  expect(failure).toMatchObject({ code: "ALREADY_EXISTS", message: "Conflict", reason: "Conflict", httpStatus: 409 });
  expect(failure.metadata).toEqual({ "http.code": "409", "http.error_message": "x".repeat(63) });
});

test("an invocation without a verb is refused, as by daprd", async () => {
  const { channel } = await httpApp(noRoute);
  const without = channel.invoke?.({ method: "m", contentType: "" }, context());
  expect(await failureOf(Promise.resolve(without))).toMatchObject({
    code: "INVALID_ARGUMENT",
    message: "missing HTTP extension field",
  });
  const none = channel.invoke?.(invokeRequest("m", "", common.HTTPExtension_Verb.NONE), context());
  expect((await failureOf(Promise.resolve(none))).message).toBe("invalid HTTP verb");
});

test("an answer that is longer than the runtime takes is refused", async () => {
  const { channel } = await httpApp((_one, response) => response.end("x".repeat(2_000)));
  expect((await failureOf(Promise.resolve(channel.invoke?.(invokeRequest("m", ""), context())))).code).toBe(
    "RESOURCE_EXHAUSTED",
  );
});

test("a streamed invocation passes both bodies while they arrive", async () => {
  const server = createServer((request, response) => void request.pipe(response.writeHead(203)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const channel = await channelTo((server.address() as AddressInfo).port, "http");
  let heard = (): void => undefined;
  const firstIsBack = new Promise<void>((resolve) => (heard = resolve));
  async function* pieces() {
    yield Buffer.from("one ");
    await firstIsBack;
    yield Buffer.from("two");
  }

  const reply = await channel.invokeStreamed?.(
    { method: "echo", verb: "POST", querystring: "", contentType: "text/plain", body: pieces() },
    context(),
  );

  expect(reply?.status).toBe(203);
  const got: string[] = [];
  for await (const piece of reply?.body as AsyncIterable<Buffer>) {
    got.push(piece.toString());
    heard();
  }
  expect(got.join("")).toBe("one two");
  expect(got.length).toBeGreaterThan(1);
});

test("events are CloudEvents in JSON, and the status in the answer counts", async () => {
  let answer = "";
  const { channel, seen } = await httpApp((_one, response) => response.end(answer));
  const statuses: unknown[] = [];
  for (answer of ["", "not json", '{"status":"RETRY"}', '{"status":"DROP"}', '{"status":"SUCCESS"}'])
    statuses.push((await channel.topic?.(event("application/json", '{"n":1.0}'), context()))?.status);
  expect(statuses).toEqual([Status.SUCCESS, Status.SUCCESS, Status.RETRY, Status.DROP, Status.SUCCESS]);

  const { url, headers, body } = seen.at(-1) ?? { body: "" };
  expect(url).toBe("/on/orders");
  expect(headers?.["content-type"]).toBe("application/cloudevents+json");
  expect(body).toContain('"data":{"n":1.0}');
  expect(JSON.parse(body)).toEqual({
    id: "e1",
    source: "shop",
    type: "paid",
    specversion: "1.0",
    datacontenttype: "application/json",
    topic: "orders",
    pubsubname: "events",
    traceparent: "00-1",
    data: { n: 1 },
  });
  await channel.topic?.(event("application/octet-stream", "\u0001"), context());
  expect(JSON.parse(seen.at(-1)?.body ?? "")).toMatchObject({ data_base64: "AQ==" });
});

test("an event whose handler fails is asked for again; one without a route is acknowledged", async () => {
  let status = 500;
  const { channel } = await httpApp((_one, response) => response.writeHead(status).end("oh"));
  expect((await failureOf(Promise.resolve(channel.topic?.(event("text/plain", "x"), context())))).message).toContain(
    "500: oh",
  );
  status = 404;
  expect(await channel.topic?.(event("text/plain", "x"), context())).toEqual({ status: Status.SUCCESS });
});

test("several events go together, each with a status of its own", async () => {
  const { channel, seen } = await httpApp((_one, response) =>
    response.end('{"statuses":[{"entryId":"1","status":"SUCCESS"},{"entryId":"2","status":"RETRY"}]}'),
  );
  const reply = await channel.bulkTopic?.(
    {
      id: "b1",
      topic: "orders",
      pubsubName: "events",
      type: "bulk",
      path: "/bulk",
      metadata: {},
      entries: [
        { entryId: "1", contentType: "", metadata: {}, event: { $case: "bytes", value: Buffer.from("a") } },
        {
          entryId: "2",
          contentType: "application/cloudevents+json",
          metadata: { k: "v" },
          event: {
            $case: "cloudEvent",
            value: {
              ...appCallback.TopicEventCERequest.fromPartial({}),
              id: "e2",
              dataContentType: "text/plain",
              data: Buffer.from("b"),
            },
          },
        },
      ],
    },
    context(),
  );
  expect(reply?.statuses).toEqual([
    { entryId: "1", status: Status.SUCCESS },
    { entryId: "2", status: Status.RETRY },
  ]);
  expect(JSON.parse(seen.at(-1)?.body ?? "")).toMatchObject({
    id: "b1",
    entries: [
      { entryId: "1", event: "YQ==" },
      { entryId: "2", metadata: { k: "v" }, event: { id: "e2", topic: "orders", data: "b" } },
    ],
  });
});

test("an HTTP app is asked for its topics, bindings and actors", async () => {
  const { channel } = await httpApp(
    ({ verb, url }, response) => {
      if (url === "/dapr/subscribe")
        response.end(
          JSON.stringify([
            { pubsubname: "events", topic: "a", route: "/a" },
            {
              pubsubname: "events",
              topic: "b",
              routes: { rules: [{ match: "event.type == 'x'", path: "/x" }], default: "/b" },
              deadLetterTopic: "dead",
              bulkSubscribe: { enabled: true, maxMessagesCount: 10, maxAwaitDurationMs: 20 },
            },
          ]),
        );
      else if (url === "/dapr/config")
        response.end(JSON.stringify({ entities: ["Cart"], actorIdleTimeout: "1h", reentrancy: { enabled: true } }));
      else response.writeHead(verb === "OPTIONS" && url === "/tick" ? 200 : 404).end();
    },
    {
      inputBindings: new Map([
        ["clock", { path: "/tick", isCertain: false }],
        ["other", { path: "other", isCertain: false }],
        ["sure", { path: "sure", isCertain: true }],
      ]),
    },
  );
  expect(channel.subscriptions?.map(({ topic, routes }) => [topic, routes?.default])).toEqual([
    ["a", "/a"],
    ["b", "/b"],
  ]);
  expect(channel.subscriptions?.[1]).toMatchObject({
    deadLetterTopic: "dead",
    bulkSubscribe: { maxMessagesCount: 10, maxAwaitDurationMs: 20 },
    routes: { rules: [{ match: "event.type == 'x'", path: "/x" }] },
  });
  expect(channel.bindings).toEqual(["clock", "sure"]);
  expect(channel.actor).toMatchObject({
    types: ["Cart"],
    config: { actorIdleTimeout: { seconds: 3600n, nanos: 0 }, reentrancy: { enabled: true } },
  });
});

test("actors of an HTTP app are called on daprd's routes", async () => {
  const { channel, seen } = await httpApp(({ verb, url }, response) => {
    if (url === "/dapr/config") response.end('{"entities":["Cart"]}');
    else if (url.endsWith("/method/fail")) response.setHeader("X-DaprErrorResponseHeader", "true").end("why");
    else if (url.includes("/remind/")) response.setHeader("X-DaprReminderCancel", "true").end();
    else if (url.endsWith("/nothing")) response.writeHead(404).end();
    else response.end(verb);
  });
  const cart = { actorType: "Cart", actorId: "a b" };
  const data = Buffer.from('{"n":1}');
  expect(await channel.actor?.invoke({ ...cart, method: "add", data, metadata: {} }, context())).toMatchObject({
    data: Buffer.from("PUT"),
  });
  expect(seen.at(-1)).toMatchObject({ url: "/actors/Cart/a%20b/method/add", body: '{"n":1}' });
  expect(await channel.actor?.invoke({ ...cart, method: "fail", data, metadata: {} }, context())).toMatchObject({
    data: Buffer.from("why"),
    failed: true,
  });
  const schedule = { ...cart, name: "r", dueTime: "1s", period: "", data };
  expect(await channel.actor?.reminder(schedule, context())).toEqual({ cancel: true });
  expect(JSON.parse(seen.at(-1)?.body ?? "")).toEqual({ dueTime: "1s", period: "", data: { n: 1 } });
  expect(await channel.actor?.timer({ ...schedule, callback: "go" }, context())).toEqual({ cancel: false });
  expect(seen.at(-1)?.url).toBe("/actors/Cart/a%20b/method/timer/r");
  await channel.actor?.deactivate(cart, context());
  expect(seen.at(-1)).toMatchObject({ verb: "DELETE", url: "/actors/Cart/a%20b" });
  const missing = channel.actor?.invoke({ ...cart, method: "nothing", data, metadata: {} }, context());
  expect((await failureOf(Promise.resolve(missing))).code).toBe("NOT_FOUND");
});

test("bindings, jobs and configuration reach the routes of an HTTP app", async () => {
  const { channel, seen } = await httpApp((_one, response) => response.end('{"ok":true}'), {
    inputBindings: new Map([["clock", { path: "/tick", isCertain: false }]]),
  });
  const data = Buffer.from("tock");
  const reply = await channel.binding?.({ name: "clock", data, metadata: { Timezone: "UTC" } }, context());
  expect(reply?.data.toString()).toBe('{"ok":true}');
  expect(seen.at(-1)).toMatchObject({ url: "/tick", body: "tock", headers: { timezone: "UTC" } });

  const job = { ...appCallback.JobEventRequest.fromPartial({}), name: "nightly", data: { typeUrl: "", value: data } };
  await channel.job?.(job, context());
  expect(seen.at(-1)).toMatchObject({ verb: "POST", url: "/job/nightly", body: "tock" });

  const values = new Map([["color", { value: "red", version: "1", metadata: {} }]]);
  await channel.configuration?.({ store: "settings", values } as never, context());
  expect(seen.at(-1)?.url).toBe("/configuration/settings/color");
  expect(JSON.parse(seen.at(-1)?.body ?? "")).toEqual({
    items: { color: { value: "red", version: "1", metadata: {} } },
  });
});

test("an app with a limit has no more calls at a time", async () => {
  const open: ServerResponse[] = [];
  let waitFor = (): void => undefined;
  const { channel } = await httpApp(
    ({ url }, response) => {
      if (url.startsWith("/dapr/") || url === "/healthz")
        return void response.writeHead(url === "/healthz" ? 200 : 404).end();
      open.push(response);
      waitFor();
    },
    { maxConcurrency: 2 },
  );
  const arrived = (count: number): Promise<void> =>
    new Promise((resolve) => {
      waitFor = () => {
        if (open.length === count) resolve();
      };
      waitFor();
    });
  const calls = [1, 2, 3].map(async () => channel.invoke?.(invokeRequest("slow", ""), context()));
  await arrived(2);
  // Health is not limited: its answer comes after a third call would have.
  await channel.health?.();
  expect(open).toHaveLength(2);
  open[0]?.end();
  await arrived(3);
  open[1]?.end();
  open[2]?.end();
  await Promise.all(calls);
});

test("a gRPC app is called by AppCallback, with its lists, headers and statuses", async () => {
  const seen: Metadata[] = [];
  const port = await grpcApp(
    {
      invoke: (request, { metadata, setHeader }) => {
        seen.push(metadata);
        setHeader("x-answer", "42");
        if (request.method === "fail") throw new MechaError("FAILED_PRECONDITION", "out of stock");
        return Promise.resolve({ contentType: "text/plain", data: { typeUrl: "", value: Buffer.from("grpc") } });
      },
      topic: () => Promise.resolve({ status: Status.DROP }),
      job: () => Promise.resolve({}),
      subscriptions: [{ ...appCallback.TopicSubscription.fromPartial({}), pubsubName: "events", topic: "a" }],
      bindings: ["clock"],
    },
    "from-runtime",
  );
  const channel = await channelTo(port, "grpc");
  expect(channel.subscriptions?.map(({ topic }) => topic)).toEqual(["a"]);
  expect(channel.bindings).toEqual(["clock"]);
  const call = context({ "x-trace": "abc", "dapr-api-token": "of-caller" });
  expect((await channel.invoke?.(invokeRequest("m", ""), call))?.data?.value.toString()).toBe("grpc");
  expect(call.headers).toMatchObject({ "x-answer": "42" });
  expect(seen[0]).toMatchObject({ "x-trace": "abc", "dapr-api-token": "from-runtime" });
  expect(await failureOf(Promise.resolve(channel.invoke?.(invokeRequest("fail", ""), context())))).toMatchObject({
    code: "FAILED_PRECONDITION",
    message: "out of stock",
  });
  expect((await channel.topic?.(event("text/plain", "x"), context()))?.status).toBe(Status.DROP);
  await channel.health?.();
});

async function grpcApp(channel: AppChannel, token: string): Promise<number> {
  // A port that was free a moment ago: the server does not say which it took.
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const stop = await serveAppCallback(
    channel,
    { port },
    {
      authorize: (headers) => {
        if (headers["dapr-api-token"] !== token) throw new MechaError("UNAUTHENTICATED", "no token");
      },
      maximumMessageBytes: 1_000_000,
      graceMs: 100,
    },
  );
  onTestFinished(stop);
  return port;
}

test("an app that serves a page at every path has no topics and actors", async () => {
  const { channel } = await httpApp((_one, response) => response.end("<html></html>"));
  expect([channel.subscriptions, channel.actor]).toEqual([[], undefined]);
});

test("an app that does not listen in time is given up on", async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const abort = new AbortController();
  const opening = openAppChannel({ port, protocol: "http", maxMessageBytes: 1_000, logger: quiet }, abort.signal);
  abort.abort(new MechaError("CANCELLED", "the runtime ends"));
  await expect(opening).rejects.toThrow();
});
