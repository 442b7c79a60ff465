import { MechaError } from "@mecha/spec";

/** What the operation of an error is that a policy itself has thrown. */
const operation = "resiliency";

/** The error of a call that a circuit breaker has refused: `UNKNOWN` with daprd's message, which is all that callers of daprd see. */
export function policyFailure(message: "circuit breaker is open" | "too many requests"): MechaError {
  return new MechaError("UNKNOWN", message, { operation });
}

/** The error of an attempt that took longer than its timeout, with daprd's code and message. */
export function timeoutFailure(cause: unknown): MechaError {
  return new MechaError("DEADLINE_EXCEEDED", "context deadline exceeded", { operation, cause });
}

/** Whether an error is a policy's, and not of what it protects. */
export function isPolicyFailure(thrown: unknown): thrown is MechaError {
  return MechaError.is(thrown) && thrown.operation === operation;
}

/** Whether a call was refused by a circuit breaker, which retrying would not change. */
export function isRefusedByBreaker(thrown: unknown): boolean {
  return isPolicyFailure(thrown) && thrown.code === "UNKNOWN";
}
