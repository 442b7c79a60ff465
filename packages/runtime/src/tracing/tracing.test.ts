import { join } from "node:path";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { componentYaml } from "@mecha/conformance";
import { appCallback, daprMethods, state, type AppChannel } from "@mecha/sdk-core/protocol";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { resourceFolder, testRuntime } from "../../test/runtime-fixture.js";
import { serveGrpc } from "../doors/grpc/serve-grpc.js";
import { serveHttp } from "../doors/http/serve-http.js";
import type { Runtime, RuntimeOptions } from "../runtime.js";

const caller = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", tracestate: "vendor=1" };
const callerTrace = "0af7651916cd43dd8448eb211c80319c";

const spans = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });

const files = {
  "store.yaml": componentYaml("orders", "state.in-memory"),
  "events.yaml": componentYaml("events", "pubsub.in-memory"),
};

async function tracedRuntime(options: Partial<RuntimeOptions> = {}): Promise<Runtime> {
  const config = "kind: Configuration\nmetadata: { name: traced }\nspec: { tracing: { samplingRate: '1' } }\n";
  const folder = await resourceFolder({ "config.yaml": config });
  return testRuntime(files, {
    configFile: join(folder, "config.yaml"),
    openSpans: () => Promise.resolve({ provider, close: () => provider.forceFlush() }),
    ...options,
  });
}

function finished() {
  return spans.getFinishedSpans().map((span) => ({
    name: span.name,
    parent: span.parentSpanContext?.spanId,
    attributes: span.attributes,
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
  }));
}

function subscriber(): { readonly channel: AppChannel; readonly event: Promise<Readonly<Record<string, unknown>>> } {
  let resolve = (_event: Readonly<Record<string, unknown>>): void => undefined;
  const event = new Promise<Readonly<Record<string, unknown>>>((settle) => (resolve = settle));
  const subscription = appCallback.TopicSubscription.fromPartial({ pubsubName: "events", topic: "paid" });
  return {
    event,
    channel: {
      subscriptions: [subscription],
      topic: ({ extensions }, { metadata }) => {
        resolve({ ...extensions, metadata });
        return Promise.resolve({ status: appCallback.TopicEventResponse_TopicEventResponseStatus.SUCCESS });
      },
    },
  };
}

const paid = { pubsubName: "events", topic: "paid", data: Buffer.from("{}"), dataContentType: "application/json" };

beforeEach(() => {
  spans.reset();
});

test("a call over gRPC is a span of daprd's name and attributes in the caller's trace, which the caller gets back", async () => {
  const runtime = await tracedRuntime();
  const { address } = await serveGrpc(runtime, { port: 0 });
  const transport = createGrpcTransport({ address });
  onTestFinished(() => transport.close());
  let header: Readonly<Record<string, string>> = {};

  await transport.unary(daprMethods.getState, state.GetStateRequest.fromPartial({ storeName: "orders", key: "1" }), {
    metadata: { ...caller, "dapr-mine": "seen", "dapr-api-token": "hidden" },
    onHeader: (received) => (header = received),
  });

  const path = "/dapr.proto.runtime.v1.Dapr/GetState";
  const [span] = finished();
  expect(span).toMatchObject({ name: path, parent: "b7ad6b7169203331", traceId: callerTrace });
  expect(span?.attributes).toEqual({
    "dapr-mine": "seen",
    "rpc.service": "Dapr",
    "db.system": "state",
    "db.name": "orders",
    "db.statement": path,
    "db.connection_string": "state",
    "dapr.protocol": "grpc",
    "dapr.api": path,
  });
  expect(Buffer.from(header["grpc-trace-bin"] ?? "", "base64").toString("hex")).toBe(
    `0000${callerTrace}01${span?.spanId ?? ""}0201`,
  );
});

test("a call that fails is a span with its error", async () => {
  const { transport } = await tracedRuntime();

  const call = transport.unary(daprMethods.getState, state.GetStateRequest.fromPartial({ storeName: "no", key: "1" }));

  await expect(call).rejects.toThrow("no is not found");
  expect(spans.getFinishedSpans()[0]?.status).toMatchObject({ code: 2, message: expect.stringContaining("no is not") });
});

test("a request at the HTTP door is a span by its path, and its answer says which", async () => {
  const runtime = await tracedRuntime();
  const { address } = await serveHttp(runtime, { port: 0 });

  const answer = await fetch(`${address}/v1.0/state/orders/1?metadata.x=y`, { headers: caller });
  await fetch(`${address}/v1.0/healthz`);

  const [span, ...more] = finished();
  expect(more).toEqual([]);
  expect(span).toMatchObject({ name: "/v1.0/state/orders/1", parent: "b7ad6b7169203331", traceId: callerTrace });
  expect(span?.attributes).toMatchObject({
    "db.system": "state",
    "db.name": "orders",
    "db.statement": "GET /v1.0/state/orders/1",
    "dapr.protocol": "http",
    "dapr.api": "GET /v1.0/state/orders/1",
    "dapr.status_code": "204",
    "http.request.method": "GET",
    "url.full": "/v1.0/state/orders/1?metadata.x=y",
    "server.address": "127.0.0.1",
  });
  expect(answer.headers.get("traceparent")).toBe(`00-${callerTrace}-${span?.spanId ?? ""}-01`);
  expect(answer.headers.get("tracestate")).toBe("vendor=1");
});

describe("an event", () => {
  test("carries the span of its publishing, of which the span of its delivery is a child", async () => {
    const runtime = await tracedRuntime();
    const { channel, event } = subscriber();
    await runtime.attachApp(channel);

    await runtime.transport.unary(daprMethods.publishEvent, { ...paid, metadata: {} }, { metadata: caller });

    const { traceparent, traceid, tracestate, metadata } = await event;
    await expect.poll(() => finished().map(({ name }) => name)).toContain("pubsub/paid");
    const publishing = finished().find(({ name }) => name.endsWith("/PublishEvent"));
    const delivery = finished().find(({ name }) => name === "pubsub/paid");
    expect(traceparent).toBe(`00-${callerTrace}-${publishing?.spanId ?? ""}-01`);
    expect(traceid).toBe(traceparent);
    expect(tracestate).toBe("vendor=1");
    expect(delivery).toMatchObject({ traceId: callerTrace, parent: publishing?.spanId });
    expect(delivery?.attributes).toEqual({ "messaging.system": "pubsub", "messaging.destination.name": "paid" });
    expect(metadata).toMatchObject({ traceparent: `00-${callerTrace}-${delivery?.spanId ?? ""}-01` });
  });

  test("carries the caller's trace where nothing is traced", async () => {
    const runtime = await testRuntime(files);
    const { channel, event } = subscriber();
    await runtime.attachApp(channel);

    await runtime.transport.unary(daprMethods.publishEvent, { ...paid, metadata: {} }, { metadata: caller });

    expect(await event).toMatchObject({ ...caller, traceid: caller.traceparent });
    expect(spans.getFinishedSpans()).toEqual([]);
  });
});

test("an invocation is a span by app and method, and the app gets it as its parent", async () => {
  const runtime = await tracedRuntime();
  let seen: string | undefined;
  await runtime.attachApp({
    invoke: (_request, { metadata }) => {
      seen = metadata["traceparent"];
      return Promise.resolve({ contentType: "text/plain" });
    },
  });

  await runtime.transport.unary(
    daprMethods.invokeService,
    { id: "test-app", message: { method: "reserve", contentType: "" } },
    { metadata: caller },
  );

  const [span] = finished();
  expect(span).toMatchObject({ name: "CallLocal/test-app/reserve", traceId: callerTrace });
  expect(seen).toBe(`00-${callerTrace}-${span?.spanId ?? ""}-01`);
});
