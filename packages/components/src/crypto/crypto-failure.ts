import { MechaError } from "@mecha/spec";

/** An operation that cannot be done, in daprd's words. The runtime logs them, and tells callers no more than that it failed. */
export function cryptoFailure(problem: string): MechaError {
  return new MechaError("INVALID_ARGUMENT", problem);
}

/** The key is of another kind or length than the algorithm wants. */
export function keyMismatch(): MechaError {
  return cryptoFailure("key type mismatch");
}
