import type { IncomingMessage, ServerResponse } from "node:http";
import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";

/** Begins to trace. Whoever wants to look at the spans gives the provider a processor with an exporter. */
export function startTracing(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new BasicTracerProvider());
}

/** Middleware: a span for each request, in the trace that its `traceparent` names. Calls, events and actors go on in it. */
export function traceRequests(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const callers = propagation.extract(context.active(), request.headers);
  const name = `${request.method} ${request.url}`;
  const span = trace.getTracer("nest-orders").startSpan(name, { kind: SpanKind.SERVER }, callers);
  response.once("close", () => span.end());
  context.with(trace.setSpan(callers, span), next);
}
