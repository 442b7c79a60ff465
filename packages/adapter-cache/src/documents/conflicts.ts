import { MechaError } from "@mecha/spec";

/**
 * How daprd's stores say that an ETag did not match when the status code does not: conflicts in a transaction are
 * INTERNAL on all of them, told from other failures by these words only (daprd 1.18).
 */
const conflictWords =
  /etag mismatch|possible etag|failed to set key|item already exists|no item was updated|UNIQUE constraint failed/i;

/** Says whether a write failed because another process was faster. */
export function isConflict(error: unknown): boolean {
  if (!MechaError.is(error)) return false;
  if (error.code === "ETAG_MISMATCH" || error.code === "ABORTED") return true;
  return error.code === "INTERNAL" && conflictWords.test(error.message);
}
