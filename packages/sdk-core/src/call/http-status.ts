import { codeFromGrpcStatus, grpcStatusOf, type MechaError, type MechaErrorCode } from "@mecha/spec";

/** The HTTP status of each gRPC code, as Dapr's own HTTP API gives it. */
const statuses: Readonly<Partial<Record<MechaErrorCode, number>>> = {
  CANCELLED: 408,
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
  UNAVAILABLE: 503,
  UNAUTHENTICATED: 401,
};

/** Where Dapr's HTTP API answers for a reason with another status than for its gRPC code. */
const statusesOfReasons: Readonly<Record<string, number>> = {
  DAPR_STATE_NOT_CONFIGURED: 500,
  DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED: 500,
  ERR_NOT_SUPPORTED_STATE_OPERATION: 500,
  DAPR_PUBSUB_NAME_EMPTY: 404,
  DAPR_PUBSUB_NOT_FOUND: 404,
  DAPR_PUBSUB_TOPIC_NAME_EMPTY: 404,
  DAPR_PUBSUB_CLOUD_EVENT_CREATION: 500,
};

/** The HTTP status of a code of ours, which refines a gRPC code or is one. */
export function statusOfCode(code: MechaErrorCode): number {
  return statuses[codeFromGrpcStatus(grpcStatusOf(code))] ?? 500;
}

/** The HTTP status that Dapr's HTTP API would give for an error: its own, that of its reason, or that of its code. */
export function httpStatusOf({ httpStatus, reason, code }: MechaError): number {
  return httpStatus ?? statusesOfReasons[reason ?? ""] ?? statusOfCode(code);
}
