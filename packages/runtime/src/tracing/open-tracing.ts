import type { IncomingHttpHeaders } from "node:http2";
import { SpanKind, trace, type TracerProvider } from "@opentelemetry/api";
import { appIdHeader } from "../doors/grpc/app-id-header.js";
import type { Observer } from "../observers/observers.js";
import { watchTopicStreams } from "../observers/watch-topic-stream.js";
import type { TracingSettings } from "./tracing-settings.js";
import { traceApp, traceCalledApp, traceStreamedEvents } from "./trace-app.js";
import { traceHandlers } from "./trace-handlers.js";
import { traceHttp } from "./trace-http.js";
import { tracePassedCalls } from "./trace-passed-calls.js";

/** Makes spans, and sends them somewhere. */
export interface SpanSource {
  readonly provider: TracerProvider;
  /** Sends what is not yet sent. */
  readonly close: () => Promise<void>;
}

/** Opens what the spans of a runtime go to. */
export type OpenSpans = (settings: TracingSettings, appId: string) => Promise<SpanSource>;

/** As daprd names what makes its spans. */
const tracerName = "dapr-diagnostics";

/**
 * Makes the observer that traces a runtime.
 *
 * @param openSpans - where spans go; those of the SDK that the process has registered with OpenTelemetry's API otherwise
 */
export async function openTracing(
  settings: TracingSettings,
  appId: string,
  openSpans: OpenSpans | undefined,
): Promise<Observer> {
  const source = await openSpans?.(settings, appId);
  const tracer = (source?.provider ?? trace.getTracerProvider()).getTracer(tracerName);
  /** As daprd has it: one that goes to the runtime's own app is as if it had come in from another. */
  const kindOf = ({ [appIdHeader]: called }: IncomingHttpHeaders): SpanKind | undefined => {
    if (called === undefined) return undefined;
    return called === appId ? SpanKind.SERVER : SpanKind.CLIENT;
  };
  return {
    handlers: (table) => watchTopicStreams(table, traceStreamedEvents(tracer)),
    inProcessDoor: (table) => traceHandlers(table, tracer),
    grpcDoor: (table) => traceHandlers(table, tracer),
    proxiedCalls: (pass) => tracePassedCalls(pass, tracer, kindOf),
    httpDoor: (answer) => traceHttp(answer, tracer),
    app: (channel) => traceApp(channel, tracer),
    calledApp: (invoke) => traceCalledApp(invoke, appId, tracer),
    calledServices: (pass) => tracePassedCalls(pass, tracer, () => SpanKind.SERVER),
    ...(source && { close: source.close }),
  };
}
