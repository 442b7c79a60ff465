import { Cron } from "croner";
import { parseGoDuration } from "../../metadata/go-duration.js";

/** When something is due: at times of a calendar, or after spans of equal length. */
export type Schedule =
  | { readonly kind: "calendar"; readonly pattern: string; readonly timeZone: string | undefined }
  | { readonly kind: "every"; readonly milliseconds: number };

const patterns: Readonly<Record<string, string>> = {
  "@yearly": "0 0 0 1 1 *",
  "@annually": "0 0 0 1 1 *",
  "@monthly": "0 0 0 1 * *",
  "@weekly": "0 0 0 * * 0",
  "@daily": "0 0 0 * * *",
  "@midnight": "0 0 0 * * *",
  "@hourly": "0 0 * * * *",
};

/**
 * Reads a schedule as daprd's cron does: five or six fields, the first of six for seconds, `@` with a name, `@every` with a
 * duration, and `TZ=` or `CRON_TZ=` with a time zone before any of them; the zone is the machine's without one.
 *
 * @returns `undefined` for what is none of these
 */
export function parseSchedule(text: string): Schedule | undefined {
  const [, timeZone, spec = ""] = /^(?:(?:CRON_)?TZ=(\S+)\s+)?(.*)$/s.exec(text.trim()) ?? [];
  const every = /^@every\s+(\S+)$/.exec(spec)?.[1];
  if (every !== undefined) {
    const milliseconds = parseGoDuration(every);
    return milliseconds !== undefined && milliseconds > 0 ? { kind: "every", milliseconds } : undefined;
  }
  // In Go's cron a question mark is another asterisk.
  const pattern = (Object.hasOwn(patterns, spec) ? patterns[spec] : spec)?.replaceAll("?", "*") ?? "";
  const schedule = { kind: "calendar", pattern, timeZone } as const;
  try {
    // A time zone is looked at only when a time is asked for; a day that never comes has none.
    return calendarOf(schedule).nextRun() === null ? undefined : schedule;
  } catch {
    return undefined;
  }
}

/** Calls at each time of a schedule until it is stopped; keeps no process alive. */
export function startSchedule(schedule: Schedule, onTime: (now: Date) => void): () => void {
  if (schedule.kind === "every") {
    const timer = setInterval(() => onTime(new Date()), schedule.milliseconds).unref();
    return () => clearInterval(timer);
  }
  const calendar = calendarOf(schedule);
  calendar.schedule(() => onTime(new Date()));
  return () => calendar.stop();
}

function calendarOf({ pattern, timeZone }: Extract<Schedule, { kind: "calendar" }>): Cron {
  return new Cron(pattern, {
    mode: "5-or-6-parts",
    sloppyRanges: true,
    unref: true,
    ...(timeZone !== undefined && { timezone: timeZone }),
  });
}
