import { SpanStatusCode, type Attributes, type Span } from "@opentelemetry/api";
import { codeFromGrpcStatus, MechaError } from "@mecha/spec";

/**
 * How the RPC conventions describe a failure: gRPC's status name, and as type the code of ours, which may say more. Messages
 * stay out, for they may quote what callers sent.
 */
export function attributesOfFailure(error: unknown): Attributes {
  if (!MechaError.is(error)) {
    return { "rpc.response.status_code": "UNKNOWN", "error.type": error instanceof Error ? error.name : "_OTHER" };
  }
  return { "rpc.response.status_code": codeFromGrpcStatus(error.grpcStatus), "error.type": error.code };
}

/** Ends a span; a failure makes it an error. */
export function endSpan(span: Span, failure: Attributes | undefined): void {
  if (failure === undefined) span.setAttribute("rpc.response.status_code", "OK");
  else span.setAttributes(failure).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
