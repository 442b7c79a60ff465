import type { HrTime } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { Log } from "../run/log.js";

/** Writes spans to the log (`spec.tracing.stdout`), one line each, with what daprd says of them. */
export function createLogExporter(log: Log): SpanExporter {
  return {
    export(spans, done) {
      for (const span of spans) log.info(lineOf(span));
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: () => Promise.resolve(),
  };
}

function lineOf(span: ReadableSpan): string {
  const { traceId, spanId } = span.spanContext();
  const parent = span.parentSpanContext?.spanId ?? "0000000000000000";
  const time = `${textOf(span.startTime)} -> ${textOf(span.endTime)}`;
  return `[${span.name}] Trace: ${traceId} Span: ${parent}/${spanId} Time: [${time}]`;
}

function textOf([seconds, nanoseconds]: HrTime): string {
  return new Date(seconds * 1_000 + nanoseconds / 1e6).toISOString();
}
