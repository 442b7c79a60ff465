import type { MechaError, MechaErrorCode } from "@mecha/spec";

/** The HTTP status of each code, as gRPC gateways translate them. */
const statuses: Readonly<Record<MechaErrorCode, number>> = {
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
  ETAG_MISMATCH: 409,
  ETAG_INVALID: 400,
  CONFIGURATION_INVALID: 500,
};

/** The HTTP status of an error: its own, else that of its code. */
export function httpStatusOf(error: MechaError): number {
  return error.httpStatus ?? statuses[error.code];
}
