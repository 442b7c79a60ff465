import type { OpenSpans, TracingSettings } from "@mecha/runtime";
import { MechaError } from "@mecha/spec";
import type { SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { Log } from "../run/log.js";

/**
 * Opens what the spans of a sidecar go to: the exporters that the Configuration names, as daprd has them. A caller's decision to
 * sample holds for its traces, the rate for those that begin here.
 */
export function createOpenSpans(log: Log): OpenSpans {
  return async (settings, appId) => {
    const [sdk, { resourceFromAttributes }] = await loaded(() =>
      Promise.all([import("@opentelemetry/sdk-trace-base"), import("@opentelemetry/resources")]),
    );
    const exporters = await openExporters(settings, { appId, log });
    const named = process.env["OTEL_SERVICE_NAME"] ?? "";
    const provider = new sdk.BasicTracerProvider({
      resource: resourceFromAttributes({ "service.name": named === "" ? appId : named }),
      sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(settings.samplingRate) }),
      spanProcessors: exporters.map((exporter) => new sdk.BatchSpanProcessor(exporter, batching)),
    });
    return { provider, close: () => provider.shutdown() };
  };
}

/** Somebody watches: spans are sent after a second, not after five. */
const batching = { scheduledDelayMillis: 1_000 };

interface ExporterContext {
  readonly appId: string;
  readonly log: Log;
}

async function openExporters(
  { stdout, zipkinEndpoint, otel }: TracingSettings,
  { appId, log }: ExporterContext,
): Promise<readonly SpanExporter[]> {
  const exporters: SpanExporter[] = [];
  if (stdout) {
    const { createLogExporter } = await loaded(() => import("./log-exporter.js"));
    exporters.push(createLogExporter(log));
  }
  if (zipkinEndpoint !== undefined) {
    const { ZipkinExporter } = await loaded(() => import("@opentelemetry/exporter-zipkin"));
    exporters.push(new ZipkinExporter({ url: zipkinEndpoint, serviceName: appId }));
  }
  if (otel?.protocol === "grpc") {
    const { createGrpcExporter } = await loaded(() => import("./grpc-exporter.js"));
    exporters.push(createGrpcExporter(otel));
  }
  if (otel?.protocol === "http") {
    const { OTLPTraceExporter } = await loaded(() => import("@opentelemetry/exporter-trace-otlp-proto"));
    const { isSecure, headers, timeoutMs } = otel;
    exporters.push(
      new OTLPTraceExporter({
        url: otlpAddress(otel.endpointAddress, isSecure),
        headers: { ...headers },
        ...(timeoutMs !== undefined && { timeoutMillis: timeoutMs }),
      }),
    );
  }
  return exporters;
}

/** The address for spans of an endpoint; a path of its own is kept, as are schemes. */
function otlpAddress(endpoint: string, isSecure: boolean): string {
  const url = new URL(/^https?:\/\//u.test(endpoint) ? endpoint : `${isSecure ? "https" : "http"}://${endpoint}`);
  if (url.pathname === "/") url.pathname = "/v1/traces";
  return url.href;
}

/** The exporters are optional dependencies: a user may have left them out. */
async function loaded<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new MechaError(
      "CONFIGURATION_INVALID",
      "The Configuration asks for traces, but OpenTelemetry's packages, which are optional dependencies of @mecha/cli, are not installed. Install it without --omit=optional, or take spec.tracing away.",
      { operation: "tracing.open", cause },
    );
  }
}
