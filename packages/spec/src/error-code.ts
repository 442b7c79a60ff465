/**
 * The codes that a {@link MechaError} may carry.
 *
 * All but three are gRPC's status names, because every call is a Dapr API call in the end. The other three separate what
 * gRPC status codes do not:
 * - `ETAG_MISMATCH`: the stored value is not the one that the caller's ETag names (or exists already, for create-only).
 * - `ETAG_INVALID`: the ETag is not one that the store could have given.
 * - `CONFIGURATION_INVALID`: a resource file, a setting or an environment variable is wrong.
 */
export type MechaErrorCode =
  | "CANCELLED"
  | "UNKNOWN"
  | "INVALID_ARGUMENT"
  | "DEADLINE_EXCEEDED"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "PERMISSION_DENIED"
  | "RESOURCE_EXHAUSTED"
  | "FAILED_PRECONDITION"
  | "ABORTED"
  | "OUT_OF_RANGE"
  | "UNIMPLEMENTED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "DATA_LOSS"
  | "UNAUTHENTICATED"
  | "ETAG_MISMATCH"
  | "ETAG_INVALID"
  | "CONFIGURATION_INVALID";

/** The gRPC status number of each code, as it goes over the wire. */
const grpcStatusByCode: Readonly<Record<MechaErrorCode, number>> = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
  ETAG_MISMATCH: 10,
  ETAG_INVALID: 3,
  CONFIGURATION_INVALID: 9,
};

const codeByGrpcStatus = new Map<number, MechaErrorCode>();
for (const [code, status] of Object.entries(grpcStatusByCode)) {
  // The gRPC names come first in the table, so they win over Mecha's refinements of the same number.
  if (!codeByGrpcStatus.has(status)) codeByGrpcStatus.set(status, code as MechaErrorCode);
}

/** The gRPC status number (1 to 16) that a code becomes on the wire. */
export function grpcStatusOf(code: MechaErrorCode): number {
  return grpcStatusByCode[code];
}

/** The code that a gRPC status number stands for; `UNKNOWN` for numbers that gRPC does not define. */
export function codeFromGrpcStatus(status: number): MechaErrorCode {
  return codeByGrpcStatus.get(status) ?? "UNKNOWN";
}
