import { readPointInTime } from "./dapr-time.js";
import { readJobSchedule } from "./job-schedule.js";
import { defaultFailurePolicy, type Registration, type ScheduleEntry } from "./schedule-entry.js";

/**
 * Works out when a registration comes first, by the rules of Dapr's scheduler; `undefined` if it never does.
 *
 * @throws Error that says what is wrong with it, in daprd's words
 */
export function beginEntry(registration: Registration, nowMs: number): ScheduleEntry | undefined {
  const { schedule, dueTime, repeats, ttl } = registration;
  if (dueTime === undefined && schedule === undefined) throw new Error("job must have either a due time or a schedule");
  if (schedule === undefined && (repeats ?? 0) > 1) throw new Error("job must have a schedule to repeat");
  if (repeats !== undefined && repeats < 1) throw new Error("defined repeats must be greater than 0");
  if (schedule === undefined && ttl !== undefined) throw new Error("job must have a schedule to have a ttl");
  if (schedule !== undefined) readJobSchedule(schedule);
  const startMs = dueTime === undefined ? nowMs : readPointInTime(dueTime, nowMs);
  if (startMs === undefined) throw new Error("due time format not recognized");
  const expiresAtMs = ttl === undefined ? undefined : readPointInTime(ttl, startMs);
  if (ttl !== undefined && expiresAtMs === undefined) throw new Error("ttl format not recognized");
  if (dueTime !== undefined && expiresAtMs !== undefined && startMs > expiresAtMs)
    throw new Error("ttl must be greater than due time");
  return standing({
    registration: { ...registration, failurePolicy: registration.failurePolicy ?? defaultFailurePolicy },
    startMs,
    comesAtStart: dueTime !== undefined,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
    count: 0,
    attempts: 0,
  });
}

/** An entry that came and was handled; `undefined` if it does not come again. */
export function afterSuccess(entry: ScheduleEntry): ScheduleEntry | undefined {
  return nextTurn(entry);
}

/** An entry whose handler failed: it comes again for the same time, or for the next, or not at all (`undefined`). */
export function afterFailure(entry: ScheduleEntry): ScheduleEntry | undefined {
  const { failurePolicy } = entry.registration;
  const attempts = entry.attempts + 1;
  if (failurePolicy.kind === "constant" && attempts <= (failurePolicy.maxRetries ?? Number.POSITIVE_INFINITY))
    return { ...entry, attempts, nextMs: entry.nextMs + failurePolicy.intervalMs };
  return nextTurn(entry);
}

function nextTurn({ nextMs: _, ...entry }: ScheduleEntry): ScheduleEntry | undefined {
  // The pauses after failures do not move the times after it.
  const lastMs = scheduledTime(entry);
  return standing({ ...entry, count: entry.count + 1, attempts: 0, ...(lastMs !== undefined && { lastMs }) });
}

function standing(entry: Omit<ScheduleEntry, "nextMs">): ScheduleEntry | undefined {
  const nextMs = scheduledTime(entry);
  if (nextMs === undefined || nextMs > (entry.expiresAtMs ?? Number.POSITIVE_INFINITY)) return undefined;
  return { ...entry, nextMs };
}

/** When an entry should come next, by its schedule alone. */
function scheduledTime(entry: Omit<ScheduleEntry, "nextMs">): number | undefined {
  const { startMs, comesAtStart, count, lastMs, registration } = entry;
  const { schedule, repeats } = registration;
  if (count >= (repeats ?? (schedule === undefined ? 1 : Number.POSITIVE_INFINITY))) return undefined;
  if (lastMs === undefined && comesAtStart) return startMs;
  return schedule === undefined ? undefined : readJobSchedule(schedule).next(lastMs ?? startMs);
}
