import { STATUS_CODES } from "node:http";
import { MechaError, type MechaErrorCode } from "@mecha/spec";

/** The codes that daprd's gRPC API gives for the statuses of an HTTP app; all others are `UNKNOWN`. */
const codes: Readonly<Record<number, MechaErrorCode>> = {
  400: "INTERNAL",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  408: "CANCELLED",
  409: "ALREADY_EXISTS",
  429: "RESOURCE_EXHAUSTED",
  500: "UNKNOWN",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/** daprd cuts what the app said to this many bytes. */
const longestDetail = 63;

/** The error for an invocation that an HTTP app answered with a status that is no success, as daprd reports it over gRPC. */
export function httpStatusError(status: number, body: Buffer): MechaError {
  const text = STATUS_CODES[status] ?? "";
  return new MechaError(codes[status] ?? "UNKNOWN", text, {
    operation: "app.answer",
    reason: text,
    httpStatus: status,
    metadata: {
      "http.code": String(status),
      "http.error_message": body.subarray(0, longestDetail).toString("utf8"),
    },
  });
}
