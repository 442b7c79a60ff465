import { isTelemetryRegistered } from "../call/telemetry-registered.js";
import type { Metadata } from "../transport/transport.js";

const none: Metadata = {};

/**
 * The trace in which this code runs, as headers. daprd gives an actor's host the headers inside the request of InvokeActor, and not
 * those of the call.
 */
export function traceHeaders(): Metadata | Promise<Metadata> {
  return isTelemetryRegistered() ? injected() : none;
}

async function injected(): Promise<Metadata> {
  const { context, propagation } = await import("@opentelemetry/api");
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}
