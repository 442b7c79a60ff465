import { MechaError, type MechaErrorCode, type MechaErrorDetails } from "@mecha/spec";
import { messageOf } from "../errors/dapr-error.js";

/** The failures of actors that daprd 1.18 reports: gRPC code, ErrorInfo reason, HTTP status. */
const table = {
  instanceMissing: ["INTERNAL", "ERR_ACTOR_INSTANCE_MISSING", 400],
  invoke: ["INTERNAL", "ERR_ACTOR_INVOKE_METHOD", 500],
  noAddress: ["FAILED_PRECONDITION", "ERR_ACTOR_NO_ADDRESS", 404],
  reminderCreate: ["INTERNAL", "ERR_ACTOR_REMINDER_CREATE", 500],
  reminderDelete: ["INTERNAL", "ERR_ACTOR_REMINDER_DELETE", 500],
  reminderExists: ["ALREADY_EXISTS", "ERR_ACTOR_REMINDER_ALREADY_EXISTS", 409],
  reminderGet: ["INTERNAL", "ERR_ACTOR_REMINDER_GET", 500],
  reminderNotFound: ["NOT_FOUND", "ERR_ACTOR_REMINDER_NOT_FOUND", 404],
  reminderNotHosted: ["PERMISSION_DENIED", "ERR_ACTOR_REMINDER_NON_HOSTED", 403],
  runtimeClosed: ["UNAVAILABLE", "ERR_ACTOR_RUNTIME_CLOSED", 503],
  runtimeNotFound: ["INTERNAL", "ERR_ACTOR_RUNTIME_NOT_FOUND", 500],
  stackDepth: ["RESOURCE_EXHAUSTED", "ERR_ACTOR_STACK_DEPTH", 500],
  stateGet: ["INTERNAL", "ERR_ACTOR_STATE_GET", 500],
  stateSave: ["INTERNAL", "ERR_ACTOR_STATE_TRANSACTION_SAVE", 500],
  timerCreate: ["INTERNAL", "ERR_ACTOR_TIMER_CREATE", 500],
  typeReserved: ["PERMISSION_DENIED", "ERR_ACTOR_TYPE_RESERVED", 403],
} as const satisfies Readonly<Record<string, readonly [MechaErrorCode, string, number]>>;

/** One of the failures of actors that daprd reports. */
export type ActorFailure = keyof typeof table;

/** Codes that a caller can act on; daprd hides them behind INTERNAL. */
const telling: ReadonlySet<MechaErrorCode> = new Set<MechaErrorCode>([
  "ABORTED",
  "CANCELLED",
  "DEADLINE_EXCEEDED",
  "FAILED_PRECONDITION",
  "RESOURCE_EXHAUSTED",
  "UNAVAILABLE",
]);

/** Makes the error for a failure of actors. */
export function actorError(failure: ActorFailure, message: string, details: MechaErrorDetails = {}): MechaError {
  const [code, reason, httpStatus] = table[failure];
  return new MechaError(code, message, { reason, httpStatus, ...details });
}

/** The error for what failed on the way: its own code if a caller can act on it, with daprd's reason. */
export function actorErrorFrom(failure: ActorFailure, context: string, thrown: unknown): MechaError {
  const [code, reason, httpStatus] = table[failure];
  const kept = MechaError.is(thrown) && telling.has(thrown.code) ? thrown.code : code;
  return new MechaError(kept, `${context}: ${messageOf(thrown)}`, { reason, httpStatus, cause: thrown });
}
