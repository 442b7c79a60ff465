import { withIncomingTrace, type IncomingSpan } from "../call/incoming-trace.js";
import { isTelemetryRegistered } from "../call/telemetry-registered.js";
import type { TopicEventRequest } from "../generated/dapr/proto/runtime/v1/appcallback.js";
import type { Metadata } from "../transport/transport.js";

/** What the span of an event, or of several, says. */
export function eventSpan({
  topic,
  pubsubName,
}: {
  readonly topic: string;
  readonly pubsubName: string;
}): IncomingSpan {
  return { name: `pubsub.handle ${topic}`, operation: "pubsub.handle", kind: "consumer", component: pubsubName };
}

/**
 * Runs the handler of an event in a span that continues the publisher's trace, which the event itself carries; else that of
 * the call which brought it.
 */
export function traceEvent<T>(
  { topic, pubsubName, extensions }: TopicEventRequest,
  metadata: Metadata,
  handle: () => Promise<T>,
): Promise<T> {
  // Asked here too: without an SDK, an event need not be looked into.
  if (!isTelemetryRegistered()) return handle();
  const { traceparent, tracestate }: Readonly<Record<string, unknown>> = extensions ?? {};
  const carried =
    typeof traceparent === "string" && traceparent !== ""
      ? { traceparent, ...(typeof tracestate === "string" && { tracestate }) }
      : metadata;
  return withIncomingTrace(carried, eventSpan({ topic, pubsubName }), handle);
}
