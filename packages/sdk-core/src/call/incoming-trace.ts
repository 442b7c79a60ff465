import { lazyModule } from "../lazy-facade.js";
import type { Metadata } from "../transport/transport.js";
import { isTelemetryRegistered } from "./telemetry-registered.js";

/** What the span of a call that comes in says. */
export interface IncomingSpan {
  /** Name of the span, of few different values, for example `app.invoke reserve`. */
  readonly name: string;
  /** What the app does, for example `app.invoke`; names the metric's series. */
  readonly operation: string;
  /** `consumer` for what was queued (events, jobs, reminders). @defaultValue `server` */
  readonly kind?: "server" | "consumer";
  /** Component or app that is concerned. */
  readonly component?: string;
  /** More attributes of the span; never secrets. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

const telemetry = lazyModule(() => import("./incoming-telemetry.js"));

/**
 * Runs a handler inside a span that continues the caller's trace: `traceparent`, `tracestate` and `baggage` in the metadata
 * of the call (or of the event). Calls that the handler makes are children of the span. Without an OpenTelemetry SDK in the
 * process it only runs the handler.
 *
 * @returns what the handler returns; throws what it throws
 */
export async function withIncomingTrace<T>(
  metadata: Metadata,
  span: IncomingSpan,
  handle: () => T | Promise<T>,
): Promise<T> {
  if (!isTelemetryRegistered()) return handle();
  const { traceIncoming } = telemetry.loaded ?? (await telemetry.load());
  return traceIncoming(metadata, span, handle);
}
