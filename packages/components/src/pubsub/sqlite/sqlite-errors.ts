import { type ComponentContext, MechaError } from "@mecha/spec";
import { isBusy } from "../../state/sqlite/busy-retry.js";

/** Turns what libsql threw while something was attempted into a MechaError. */
export function fromMessageDatabase(
  error: unknown,
  context: ComponentContext,
  file: string,
  operation: string,
): MechaError {
  if (MechaError.is(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const details = { cause: error, component: context.name, operation };
  const place = `Pub/sub "${context.name}" (${file})`;
  if (isBusy(error)) {
    const advice = "another process held the database for longer than busyTimeout; retry, or raise busyTimeout";
    return new MechaError("UNAVAILABLE", `${place}: ${advice}`, details);
  }
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (code.startsWith("SQLITE_FULL")) return new MechaError("RESOURCE_EXHAUSTED", `${place}: ${message}`, details);
  if (code.startsWith("SQLITE_TOOBIG")) return new MechaError("INVALID_ARGUMENT", `${place}: ${message}`, details);
  return new MechaError("INTERNAL", `${place}: ${message}`, details);
}

/** The error for a file that cannot be opened. */
export function cannotOpenMessages(error: unknown, context: ComponentContext, file: string): MechaError {
  if (MechaError.is(error)) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const damaged = code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT";
  return new MechaError(
    damaged ? "DATA_LOSS" : "UNAVAILABLE",
    `Component "${context.name}" (${context.type}) cannot open ${file}: ${error instanceof Error ? error.message : String(error)}`,
    { cause: error, component: context.name, operation: "component.create" },
  );
}
