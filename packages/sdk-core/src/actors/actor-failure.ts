import { grpcStatusOf, MechaError, type MechaErrorCode } from "@mecha/spec";
import type { CallSubject } from "../transport/call-subject.js";

/** What daprd writes before the message of an actor that failed, perhaps after the way of the call. */
const failureMark = "error from actor service: ";

/** Over HTTP, the status of the app stands before its message. */
const httpStatus = /^\(\d{3}\) /u;

const missingMark = "actor method not found: ";

/** A code, as {@link failureMessage} writes it. */
const codePrefix = /^([A-Z_]+): /u;

/**
 * The message of a failure for its caller. daprd passes on nothing but a message, so the code goes before it; a failure that
 * has none of its own (`UNKNOWN`) goes as it is.
 */
export function failureMessage({ code, message }: MechaError): string {
  return code === "UNKNOWN" ? message : `${code}: ${message}`;
}

/** Reads a failure of InvokeActor: what the actor threw, without what daprd wrote around it. */
export function fromActorFailure(thrown: unknown, what: string, subject: CallSubject): MechaError {
  const error = MechaError.from(thrown);
  const details = {
    cause: thrown,
    metadata: error.metadata,
    ...(error.reason !== undefined && { reason: error.reason }),
    ...(error.httpStatus !== undefined && { httpStatus: error.httpStatus }),
    operation: subject.operation,
    ...(subject.component !== undefined && { component: subject.component }),
  };
  if (error.message.includes(missingMark)) {
    return new MechaError("NOT_FOUND", `There is no ${what}`, details);
  }
  const at = error.message.lastIndexOf(failureMark);
  if (at === -1) return error;
  const told = error.message.slice(at + failureMark.length).replace(httpStatus, "");
  const named = codePrefix.exec(told)?.[1];
  const code = named !== undefined && isCode(named) ? named : "UNKNOWN";
  const message = code === "UNKNOWN" ? told : told.slice(code.length + 2);
  return new MechaError(code, `${what[0]?.toUpperCase() ?? ""}${what.slice(1)} failed: ${message}`, details);
}

function isCode(name: string): name is MechaErrorCode {
  // A name that is no code has no status; the table's type does not say so.
  const status = grpcStatusOf(name as MechaErrorCode) as number | undefined;
  return status !== undefined;
}
