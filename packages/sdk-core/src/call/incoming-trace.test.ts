import { propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { MechaError } from "@mecha/spec";
import { expect, it } from "vitest";
import { registerTelemetry } from "../../test/telemetry-fixture.js";
import { withIncomingTrace } from "./incoming-trace.js";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const span = { name: "app.invoke reserve", operation: "app.invoke" };

it("runs the handler, and only that, where no SDK is registered", async () => {
  expect(await withIncomingTrace({ traceparent }, span, () => 42)).toBe(42);
  await expect(withIncomingTrace({}, span, () => Promise.reject(new TypeError("odd")))).rejects.toThrow(TypeError);
});

it("continues the caller's trace around the handler, with its state and baggage", async () => {
  const telemetry = registerTelemetry();
  const metadata = { traceparent, tracestate: "vendor=1", baggage: "tenant=acme" };
  const seen = await withIncomingTrace(
    metadata,
    { ...span, component: "orders", attributes: { verb: "POST" } },
    () => ({
      trace: trace.getActiveSpan()?.spanContext(),
      tenant: propagation.getActiveBaggage()?.getEntry("tenant")?.value,
    }),
  );
  expect(seen.tenant).toBe("acme");
  const [ended] = telemetry.spans();
  expect(ended).toMatchObject({
    name: "app.invoke reserve",
    kind: SpanKind.SERVER,
    parentSpanContext: { spanId: "b7ad6b7169203331" },
    attributes: { "mecha.operation": "app.invoke", "mecha.component": "orders", verb: "POST" },
  });
  expect(ended?.spanContext()).toMatchObject({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: seen.trace?.spanId,
  });
  expect(ended?.spanContext().traceState?.get("vendor")).toBe("1");
});

it("begins a trace where the caller has none, as a consumer of events", async () => {
  const telemetry = registerTelemetry();
  await withIncomingTrace({}, { ...span, kind: "consumer" }, () => undefined);
  expect(telemetry.spans()[0]).toMatchObject({ kind: SpanKind.CONSUMER, parentSpanContext: undefined });
});

it("marks what failed, without its message, and throws it on", async () => {
  const telemetry = registerTelemetry();
  const failing = (error: Error) =>
    withIncomingTrace({}, span, () => Promise.reject(error)).catch((thrown: unknown) => thrown);
  const mismatch = new MechaError("ETAG_MISMATCH", "secret");
  expect(await failing(mismatch)).toBe(mismatch);
  await failing(new TypeError("secret"));
  const [first, second] = telemetry.spans();
  expect(first).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { "rpc.response.status_code": "ABORTED", "error.type": "ETAG_MISMATCH" },
  });
  expect(second?.attributes).toMatchObject({ "rpc.response.status_code": "UNKNOWN", "error.type": "TypeError" });
  expect(
    JSON.stringify(telemetry.spans().map(({ attributes, events, status }) => [attributes, events, status])),
  ).not.toContain("secret");
  const metric = await telemetry.metric("rpc.server.call.duration");
  expect(metric?.descriptor.unit).toBe("s");
  expect(metric?.dataPoints.map(({ attributes }) => attributes["error.type"])).toEqual(["ETAG_MISMATCH", "TypeError"]);
});
