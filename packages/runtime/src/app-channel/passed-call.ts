import type { CallContext, CallOptions, Metadata } from "@mecha/sdk-core/protocol";
import { grpcTraceOf } from "./trace-of.js";

/** The options of a call of its own, which ends with the one that it belongs to and is part of its trace. */
export function endingWith({ signal, deadline, metadata }: CallContext): CallOptions {
  return { signal, metadata: grpcTraceOf(metadata), ...(deadline !== undefined && { deadline }) };
}

/**
 * The options of a call over gRPC that passes another one on: headers go with it, those of the answer and its trailers come back. The
 * token that let the caller in does not go along.
 *
 * @param more - metadata besides that of the call
 */
export function passedCall(context: CallContext, more: Metadata = {}): CallOptions {
  const { "dapr-api-token": _token, ...metadata } = context.metadata;
  return {
    ...endingWith(context),
    metadata: { ...sendable(metadata), ...more },
    onHeader: (header) => {
      for (const [name, value] of Object.entries(sendable(header))) context.setHeader(name, value);
    },
    onTrailer: (trailer) => {
      for (const [name, value] of Object.entries(sendable(trailer))) context.setTrailer(name, value);
    },
  };
}

/** What gRPC sets itself, and what HTTP/2 does not know, is not passed on. */
const ofConnection =
  /^(?::|grpc-|(?:content-type|content-length|te|user-agent|host|connection|keep-alive|proxy-connection|transfer-encoding|upgrade|http2-settings)$)/u;

function sendable(metadata: Metadata): Metadata {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !ofConnection.test(name)));
}
