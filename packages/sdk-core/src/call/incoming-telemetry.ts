import { context, propagation, SpanKind, type Attributes } from "@opentelemetry/api";
import type { Metadata } from "../transport/transport.js";
import type { IncomingSpan } from "./incoming-trace.js";
import { durationHistogram, tracer } from "./instruments.js";
import { attributesOfFailure, endSpan } from "./span-end.js";

const duration = durationHistogram("rpc.server.call.duration", "Duration of calls that the runtime makes in the app");

/** What `withIncomingTrace` does once the API is loaded. */
export async function traceIncoming<T>(
  metadata: Metadata,
  { name, operation, kind = "server", component, attributes }: IncomingSpan,
  handle: () => T | Promise<T>,
): Promise<T> {
  const parent = propagation.extract(context.active(), metadata);
  const named: Attributes = {
    "mecha.operation": operation,
    ...(component !== undefined && { "mecha.component": component }),
  };
  const spanKind = kind === "consumer" ? SpanKind.CONSUMER : SpanKind.SERVER;
  const started = performance.now();
  const options = { kind: spanKind, attributes: { ...attributes, ...named } };
  return tracer().startActiveSpan(name, options, parent, async (span) => {
    let failure: Attributes | undefined;
    try {
      return await handle();
    } catch (error) {
      failure = attributesOfFailure(error);
      throw error;
    } finally {
      endSpan(span, failure);
      duration().record((performance.now() - started) / 1000, { ...named, ...failure }, context.active());
    }
  });
}
