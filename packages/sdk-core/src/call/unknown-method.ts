import { MechaError } from "@mecha/spec";

/**
 * Whether the runtime does not know the method. A component that lacks something is `UNIMPLEMENTED` with a reason; daprd takes
 * an unknown method for a call to another app and misses the name of the app.
 */
export function isUnknownMethod(error: unknown): error is MechaError {
  if (!MechaError.is(error) || error.reason !== undefined) return false;
  return error.code === "UNIMPLEMENTED" || isProxyComplaint(error);
}

/** Whether this is daprd's way of saying that it does not know a method, which tells a reader nothing. */
export function isProxyComplaint({ code, message, reason }: MechaError): boolean {
  return code === "UNKNOWN" && reason === undefined && message.startsWith("failed to proxy request: required metadata");
}
