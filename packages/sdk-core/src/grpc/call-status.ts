import type { HeaderField } from "../http2/hpack/header-decoder.js";
import { http2Error } from "../http2/frame-types.js";
import type { GrpcStatus } from "./status.js";

/** Statuses of gRPC that the wire stands for without naming them. */
const grpcCode = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** What an answer without `grpc-status` means, by its HTTP status (gRPC's "HTTP to gRPC Status Code Mapping"). */
const codeByHttpStatus: Readonly<Record<string, number>> = {
  "400": grpcCode.internal,
  "401": grpcCode.unauthenticated,
  "403": grpcCode.permissionDenied,
  "404": grpcCode.unimplemented,
  "429": grpcCode.unavailable,
  "502": grpcCode.unavailable,
  "503": grpcCode.unavailable,
  "504": grpcCode.unavailable,
};

/** What a stream that was reset means (gRPC over HTTP/2, "Errors"). */
const codeByReset: Readonly<Record<number, number>> = {
  [http2Error.refusedStream]: grpcCode.unavailable,
  [http2Error.cancel]: grpcCode.cancelled,
  [http2Error.enhanceYourCalm]: grpcCode.resourceExhausted,
  [http2Error.inadequateSecurity]: grpcCode.permissionDenied,
};

/** How a call ended, from the last headers of its answer. */
export function statusOf(fields: readonly HeaderField[]): GrpcStatus {
  let code: string | undefined;
  let message = "";
  let details: string | undefined;
  for (const [name, value] of fields) {
    if (name === "grpc-status") code = value;
    else if (name === "grpc-message") message = decodeMessage(value);
    else if (name === "grpc-status-details-bin") details ??= value.split(",", 1)[0];
  }
  if (code === undefined) return statusOfHttp(fields);
  const isCode = /^\d{1,2}$/.test(code);
  return {
    code: isCode ? Number(code) : grpcCode.unknown,
    message: isCode ? message : `The answer has a status that gRPC does not know: ${code}`,
    ...(details !== undefined && { details: Buffer.from(details, "base64") }),
  };
}

/** How a call ended whose stream was reset. */
export function statusOfReset(reset: number): GrpcStatus {
  const code = codeByReset[reset] ?? grpcCode.internal;
  return { code, message: `The other side broke the call off (HTTP/2 error ${String(reset)})` };
}

/** Whether the headers are those of a gRPC answer. */
export function isGrpcAnswer(fields: readonly HeaderField[]): boolean {
  return valueOf(fields, ":status") === "200" && (valueOf(fields, "content-type") ?? "").startsWith("application/grpc");
}

/** Whether more headers follow before the answer's own. */
export function isInformational(fields: readonly HeaderField[]): boolean {
  return valueOf(fields, ":status")?.startsWith("1") === true;
}

/** How a call ended that got no gRPC for an answer. */
export function statusOfHttp(fields: readonly HeaderField[]): GrpcStatus {
  const status = valueOf(fields, ":status");
  if (status === undefined) return { code: grpcCode.internal, message: "The answer ended without a status" };
  return {
    code: codeByHttpStatus[status] ?? grpcCode.unknown,
    message: `The answer is no gRPC: HTTP status ${status}, ${valueOf(fields, "content-type") ?? "no content type"}`,
  };
}

function valueOf(fields: readonly HeaderField[], name: string): string | undefined {
  for (const field of fields) if (field[0] === name) return field[1];
  return undefined;
}

/** A status message: percent-encoded UTF-8; what is none is shown as it came. */
function decodeMessage(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
