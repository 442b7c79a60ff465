import type { MechaErrorCode } from "@mecha/spec";

const codes: Readonly<Record<number, MechaErrorCode>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  408: "DEADLINE_EXCEEDED",
  409: "ALREADY_EXISTS",
  412: "FAILED_PRECONDITION",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/** The code of an error status over HTTP, as gRPC gateways and Dapr translate it; other 4xx and 5xx by their class. */
export function codeFromHttpStatus(status: number): MechaErrorCode {
  return codes[status] ?? (status >= 500 ? "INTERNAL" : "FAILED_PRECONDITION");
}
