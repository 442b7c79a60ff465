import { MechaError } from "@mecha/spec";

/** What is wrong with a resource file. */
export function invalidResource(message: string, cause?: unknown): MechaError {
  return new MechaError("CONFIGURATION_INVALID", message, { cause, operation: "resources.read" });
}
