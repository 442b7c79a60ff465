import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { MechaError } from "@mecha/spec";
import { expect, it } from "vitest";
import { componentYaml, mechaOver, testRuntime } from "../../test/mecha-fixture.js";
import { stored, testSidecar } from "../../test/sidecar-fixture.js";
import { registerTelemetry } from "../../test/telemetry-fixture.js";
import { daprMethods } from "../dapr-methods.js";
import type { Metadata } from "../transport/transport.js";

/** A sidecar that keeps the metadata of its calls. */
async function recordingSidecar() {
  const received: Metadata[] = [];
  const sidecar = await testSidecar({
    getState: (_, { metadata }) => Promise.resolve((received.push(metadata), stored(1))),
    deleteState: () => Promise.reject(new MechaError("ABORTED", "secret-text", { reason: "ERR_STATE_DELETE" })),
    async *subscribeConfiguration(_, { metadata }) {
      received.push(metadata);
      yield await Promise.resolve({ id: "1", items: {} });
    },
  });
  return { sidecar, received };
}

it("sends no trace and makes no span where no SDK is registered, until one is", async () => {
  const { sidecar, received } = await recordingSidecar();
  const mecha = sidecar.connect();
  await mecha.state("orders").get("a");
  const telemetry = registerTelemetry();
  await mecha.state("orders").get("a");
  expect(received.map((metadata) => "traceparent" in metadata)).toEqual([false, true]);
  expect(telemetry.spans()).toHaveLength(1);
});

it("makes a client span of a call, child of the caller's, and sends it along with state and baggage", async () => {
  const { sidecar, received } = await recordingSidecar();
  const telemetry = registerTelemetry();
  const mecha = sidecar.connect({ apiToken: "t0ken" });
  const baggage = propagation.createBaggage({ tenant: { value: "acme" } });
  await trace.getTracer("app").startActiveSpan("handler", async (parent) => {
    await context.with(propagation.setBaggage(context.active(), baggage), () => mecha.state("orders").get("a"));
    parent.end();
  });
  const [span, parent] = telemetry.spans();
  expect(span).toMatchObject({
    name: "dapr.proto.runtime.v1.Dapr/GetState",
    kind: SpanKind.CLIENT,
    parentSpanContext: { spanId: parent?.spanContext().spanId },
    attributes: {
      "rpc.system.name": "grpc",
      "rpc.method": "dapr.proto.runtime.v1.Dapr/GetState",
      "rpc.response.status_code": "OK",
      "server.address": "127.0.0.1",
      "server.port": sidecar.port,
      "mecha.operation": "state.get",
      "mecha.component": "orders",
    },
  });
  const { traceId, spanId } = span?.spanContext() ?? {};
  expect(received[0]).toMatchObject({ traceparent: `00-${traceId ?? ""}-${spanId ?? ""}-01`, baggage: "tenant=acme" });
  expect(received[0]?.["dapr-api-token"]).toBe("t0ken");
  expect(JSON.stringify(telemetry.spans().map(({ name, attributes }) => [name, attributes]))).not.toContain("t0ken");
});

it("marks a failed call by its code, without its message", async () => {
  const { sidecar } = await recordingSidecar();
  const telemetry = registerTelemetry();
  await sidecar
    .connect()
    .state("orders")
    .delete("a")
    .catch(() => undefined);
  const [span] = telemetry.spans();
  expect(span).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { "rpc.response.status_code": "ABORTED", "mecha.operation": "state.delete" },
  });
  expect(JSON.stringify([span?.attributes, span?.events, span?.status])).not.toContain("secret-text");
});

it("measures calls in seconds, by operation, component and code", async () => {
  const { sidecar } = await recordingSidecar();
  const telemetry = registerTelemetry();
  const mecha = sidecar.connect();
  await mecha.state("orders").get("a");
  await mecha.state("orders").get("b");
  await mecha
    .state("orders")
    .delete("a")
    .catch(() => undefined);
  const metric = await telemetry.metric("rpc.client.call.duration");
  expect(metric?.descriptor).toMatchObject({ unit: "s", type: "HISTOGRAM" });
  // The facade looks for the kind of store when a write fails: another call.
  const ofState = metric?.dataPoints.filter(({ attributes }) => attributes["mecha.component"] === "orders");
  expect(ofState).toMatchObject([
    {
      attributes: { "mecha.operation": "state.get", "mecha.component": "orders", "rpc.response.status_code": "OK" },
      value: { count: 2 },
    },
    { attributes: { "mecha.operation": "state.delete", "rpc.response.status_code": "ABORTED" }, value: { count: 1 } },
  ]);
});

it("spans a stream until it ends, or is left", async () => {
  const { sidecar, received } = await recordingSidecar();
  const telemetry = registerTelemetry();
  const { transport } = sidecar.connect();
  const requests = async function* () {
    yield await Promise.resolve({ storeName: "s", keys: [], metadata: {} });
  };
  for await (const _ of transport.stream(daprMethods.subscribeConfiguration, requests())) continue;
  for await (const _ of transport.stream(daprMethods.subscribeConfiguration, requests())) break;
  expect(telemetry.spans().map(({ name, status }) => [name, status.code])).toEqual([
    ["dapr.proto.runtime.v1.Dapr/SubscribeConfiguration", SpanStatusCode.UNSET],
    ["dapr.proto.runtime.v1.Dapr/SubscribeConfiguration", SpanStatusCode.UNSET],
  ]);
  expect(received.every((metadata) => metadata["traceparent"] !== undefined)).toBe(true);
});

it("does so embedded too, where nothing goes over a wire", async () => {
  const mecha = await mechaOver(await testRuntime([componentYaml("orders", "state.in-memory")]), "embedded");
  const telemetry = registerTelemetry();
  await mecha.state("orders").save("a", 1);
  expect(telemetry.spans()).toMatchObject([
    { attributes: { "rpc.system.name": "mecha", "mecha.operation": "state.save", "mecha.component": "orders" } },
  ]);
});
