import type { MechaError, MechaErrorCode } from "@mecha/spec";
import { statusOfCode } from "../call/http-status.js";

/** Where an app answers with another status than Dapr's HTTP API: it gave up for its caller, or is itself set up wrongly. */
const ownStatuses: Readonly<Partial<Record<MechaErrorCode, number>>> = { CANCELLED: 499, CONFIGURATION_INVALID: 500 };

/** The HTTP status of an error that an app answers with: its own, else that of its code. */
export function httpStatusOf(error: MechaError): number {
  return error.httpStatus ?? ownStatuses[error.code] ?? statusOfCode(error.code);
}
