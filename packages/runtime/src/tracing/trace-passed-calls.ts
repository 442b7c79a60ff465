import type { IncomingHttpHeaders } from "node:http2";
import type { SpanKind, Tracer } from "@opentelemetry/api";
import { failureOf } from "../doors/grpc/passed-ending.js";
import type { PassCall } from "../observers/observers.js";
import { CallSpan } from "./call-span.js";
import { daprHeaders } from "./rpc-attributes.js";

/**
 * Puts a span around each call that is passed on unparsed to the gRPC server of an app, from its start to its end, with the names and
 * attributes of daprd's. What the app sees as the call's trace is the span.
 *
 * @param kindOf - the kind of a call's span; `undefined` for none
 */
export function tracePassedCalls(
  pass: PassCall,
  tracer: Tracer,
  kindOf: (headers: IncomingHttpHeaders) => SpanKind | undefined,
): PassCall {
  return (stream, headers) => {
    const kind = kindOf(headers);
    if (kind === undefined) {
      pass(stream, headers);
      return;
    }
    const metadata = singleHeaders(headers);
    const span = new CallSpan(tracer, { name: headers[":path"] ?? "", kind, metadata });
    stream.once("close", () => {
      span.describe(daprHeaders(metadata));
      span.end(failureOf(stream));
    });
    const { tracestate: _state, ...rest } = headers;
    pass(stream, { ...rest, ...span.allHeaders });
  };
}

function singleHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((header): header is [string, string] => typeof header[1] === "string"),
  );
}
