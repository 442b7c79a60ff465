import type { Metadata } from "@mecha/sdk-core/protocol";

const none: Metadata = {};

/** The trace of a call that goes to the app, as W3C's headers; none where nothing is traced. */
export function traceOf({ traceparent, tracestate }: Metadata): Metadata {
  if (traceparent === undefined) return none;
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}

/** The same for an app over gRPC, which may look for OpenCensus' header as well. */
export function grpcTraceOf(metadata: Metadata): Metadata {
  const binary = metadata["grpc-trace-bin"];
  return binary === undefined ? traceOf(metadata) : { ...traceOf(metadata), "grpc-trace-bin": binary };
}
