import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import type { MessageType, UnaryMethod } from "@mecha/sdk-core/protocol";
import type { OtelSettings } from "@mecha/runtime";
import { ExportResultCode } from "@opentelemetry/core";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { SpanExporter } from "@opentelemetry/sdk-trace-base";

const bytes: MessageType<Uint8Array> = {
  encode: (message) => ({ finish: () => message }),
  decode: (message) => message,
  fromPartial: (message) => message,
};

/** OTLP's way for spans; its messages come encoded. */
const exportSpans: UnaryMethod<Uint8Array, Uint8Array> = {
  kind: "unary",
  path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
  request: bytes,
  response: bytes,
};

const defaultTimeoutMs = 10_000;

/**
 * Sends spans over OTLP/gRPC, by the client that the SDK has: OpenTelemetry's own exporter would bring another copy of
 * `@grpc/grpc-js` under that name.
 */
export function createGrpcExporter({ endpointAddress, isSecure, headers, timeoutMs }: OtelSettings): SpanExporter {
  const host = endpointAddress.replace(/^[a-z]+:\/\//u, "");
  const transport = createGrpcTransport({ address: `${isSecure ? "https" : "http"}://${host}`, environment: {} });
  const metadata = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    export(spans, done) {
      const deadline = Date.now() + (timeoutMs ?? defaultTimeoutMs);
      const request = ProtobufTraceSerializer.serializeRequest([...spans]) ?? new Uint8Array();
      transport.unary(exportSpans, request, { metadata, deadline }).then(
        () => done({ code: ExportResultCode.SUCCESS }),
        (error: unknown) =>
          done({ code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(String(error)) }),
      );
    },
    shutdown: () => transport.close(),
  };
}
