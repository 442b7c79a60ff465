import { setTimeout as delay } from "node:timers/promises";
import { type ComponentContext, MechaError } from "@mecha/spec";
import { systemErrorCode } from "../../files/file-errors.js";

/** Whether SQLite said that another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code !== undefined && (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"));
}

/** Turns what libsql threw into a MechaError. */
export function fromSqlite(error: unknown, context: ComponentContext, file: string): MechaError {
  if (MechaError.is(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const details = { cause: error, component: context.name };
  const place = `State store "${context.name}" (${file})`;
  if (isBusy(error)) {
    return new MechaError(
      "UNAVAILABLE",
      `${place}: another process held the database for longer than busyTimeout; retry, or raise busyTimeout`,
      details,
    );
  }
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (code.startsWith("SQLITE_FULL")) return new MechaError("RESOURCE_EXHAUSTED", `${place}: ${message}`, details);
  if (code.startsWith("SQLITE_TOOBIG")) return new MechaError("INVALID_ARGUMENT", `${place}: ${message}`, details);
  return new MechaError("INTERNAL", `${place}: ${message}`, details);
}

/**
 * Runs work that may find the database locked, again and again for at most `timeoutMs`, without ever blocking the event
 * loop as SQLite's own busy handler would. What else is thrown passes at once.
 */
export async function retryWhileBusy<T>(work: () => T, timeoutMs: number): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || Date.now() >= deadline) throw error;
      await delay(busyDelayMs(attempt));
    }
  }
}

/** How long to wait before trying again; jittered, so that two processes do not keep in step. */
export function busyDelayMs(attempt: number): number {
  return 1 + Math.random() * Math.min(2 + attempt, 10);
}
