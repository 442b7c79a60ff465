import { MechaError, type MechaErrorCode } from "@mecha/spec";
import type { CallSubject } from "../transport/call-subject.js";
import { httpStatusOf } from "./http-status.js";
import { isProxyComplaint } from "./unknown-method.js";

/** Codes whose messages come from the way, not from the runtime, and so do not say what was attempted. */
const codesOfTheWay: ReadonlySet<MechaErrorCode> = new Set(["CANCELLED", "DEADLINE_EXCEEDED", "UNAVAILABLE"]);

/**
 * Whatever a call threw, as a `MechaError` that says what was attempted, on which component, and Dapr's HTTP status. An error
 * that lacks something is copied, not wrapped: code, reason, metadata and cause stay where they were.
 */
export function completeError(thrown: unknown, subject: CallSubject | undefined): MechaError {
  const attempted = subject === undefined ? undefined : nameOf(subject);
  const error = understandable(MechaError.from(thrown, attempted), attempted);
  const component = error.component ?? subject?.component;
  const operation = error.operation ?? subject?.operation;
  if (error.httpStatus !== undefined && error.component === component && error.operation === operation) return error;
  const isBare = error.operation === undefined && error.reason === undefined && codesOfTheWay.has(error.code);
  const message =
    attempted !== undefined && isBare && error === thrown ? `${attempted}: ${error.message}` : error.message;
  return new MechaError(error.code, message, {
    cause: error.cause,
    metadata: error.metadata,
    httpStatus: httpStatusOf(error),
    ...(error.reason !== undefined && { reason: error.reason }),
    ...(component !== undefined && { component }),
    ...(operation !== undefined && { operation }),
  });
}

function understandable(error: MechaError, attempted: string | undefined): MechaError {
  if (!isProxyComplaint(error)) return error;
  const what = `${attempted === undefined ? "" : `${attempted}: `}this sidecar does not know the method; it is older than Dapr 1.18`;
  return new MechaError("UNIMPLEMENTED", `${what}. Update daprd, or do without.`, { cause: error });
}

/** What is attempted, for the reader of an error. */
export function nameOf({ operation, component }: CallSubject): string {
  return component === undefined ? operation : `${operation} on "${component}"`;
}
