import { MechaError, type MechaErrorCode } from "@mecha/spec";
import { messageOf } from "../errors/dapr-error.js";

/** What daprd says it could not do with jobs, and its ErrorInfo reason. */
const reasons = {
  schedule: ["failed to schedule job due to", "DAPR_SCHEDULER_SCHEDULE_JOB"],
  get: ["failed to get job due to", "DAPR_SCHEDULER_GET_JOB"],
  list: ["failed to list jobs due to", "DAPR_SCHEDULER_LIST_JOBS"],
  delete: ["failed to delete job due to", "DAPR_SCHEDULER_DELETE_JOB"],
} as const;

/** Codes that a caller can act on; daprd hides all but the first behind INTERNAL. */
const telling: ReadonlySet<MechaErrorCode> = new Set<MechaErrorCode>([
  "ALREADY_EXISTS",
  "ABORTED",
  "FAILED_PRECONDITION",
  "UNAVAILABLE",
]);

/** The error for what failed with jobs. */
export function jobError(failure: keyof typeof reasons, thrown: unknown): MechaError {
  const [context, reason] = reasons[failure];
  const code = MechaError.is(thrown) && telling.has(thrown.code) ? thrown.code : "INTERNAL";
  const httpStatus = code === "ALREADY_EXISTS" ? 409 : 500;
  return new MechaError(code, `${context}: ${messageOf(thrown)}`, { reason, httpStatus, cause: thrown });
}

/** The error for a request that lacks something. */
export function emptyError(
  what: "Job" | "Name" | "Schedule",
  reason: "DAPR_SCHEDULER_EMPTY" | "DAPR_SCHEDULER_JOB_NAME_EMPTY" | "DAPR_SCHEDULER_SCHEDULE_EMPTY",
): MechaError {
  return new MechaError("INVALID_ARGUMENT", `${what} is empty`, { reason, httpStatus: 400 });
}
