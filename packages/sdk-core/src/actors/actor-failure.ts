import { grpcStatusOf, MechaError, type MechaErrorCode } from "@mecha/spec";
import { statusOfCode } from "../call/http-status.js";
import type { CallSubject } from "../transport/call-subject.js";

/** What daprd writes before the message of an actor that failed, perhaps after the way of the call. */
const failureMark = "error from actor service: ";

/** Over HTTP, the status of the app stands before its message. */
const httpStatus = /^\(\d{3}\) /u;

const missingMark = "actor method not found: ";

/** A code, as {@link toActorFailure} writes it. */
const codePrefix = /^([A-Z_]+): /u;

/** What the operation of an error is that tells of a type or method that a host does not have. */
export const missingOperation = "actors.find";

/** How an actor's failure goes to its runtime. */
export interface ToldFailure {
  /** Whether there is no such type or method. A NOT_FOUND of the actor's own is no such thing: daprd would drop its message. */
  readonly isMissing: boolean;
  /** The message, after the code if there is one but `UNKNOWN`: daprd passes on nothing else. */
  readonly message: string;
}

/** Writes a failure of an actor for its runtime, and so for the caller. */
export function toActorFailure(thrown: unknown): ToldFailure {
  const { code, message, operation } = MechaError.from(thrown);
  return {
    isMissing: code === "NOT_FOUND" && operation === missingOperation,
    message: code === "UNKNOWN" ? message : `${code}: ${message}`,
  };
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
    return new MechaError("NOT_FOUND", `There is no ${what}`, { ...details, httpStatus: 404 });
  }
  const at = error.message.lastIndexOf(failureMark);
  if (at === -1) return error;
  const told = error.message.slice(at + failureMark.length).replace(httpStatus, "");
  const named = codePrefix.exec(told)?.[1];
  const code = named !== undefined && isCode(named) ? named : "UNKNOWN";
  const message = code === "UNKNOWN" ? told : told.slice(code.length + 2);
  // That of the way is 500, whatever the actor threw.
  const own = { ...details, httpStatus: statusOfCode(code) };
  return new MechaError(code, `${what[0]?.toUpperCase() ?? ""}${what.slice(1)} failed: ${message}`, own);
}

function isCode(name: string): name is MechaErrorCode {
  // A name that is no code has no status; the table's type does not say so.
  const status = grpcStatusOf(name as MechaErrorCode) as number | undefined;
  return status !== undefined;
}
