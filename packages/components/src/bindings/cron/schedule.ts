import { goDurationMs } from "@mecha/spec";
import { Cron } from "croner";
import { fieldRanges, spellOutField } from "./field.js";

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
 * duration, and `TZ=` or `CRON_TZ=` with a time zone before any of them; the zone is the machine's without one. A day that never
 * comes is a schedule too. Only spans that are not longer than nothing, which daprd follows without a pause, are none.
 *
 * @returns `undefined` for what is none of these
 */
export function parseSchedule(text: string): Schedule | undefined {
  const [, timeZone, zoned = ""] = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/s.exec(text) ?? [];
  const spec = timeZone === undefined ? text : zoned.trim();
  if (timeZone !== undefined && !isTimeZone(timeZone)) return undefined;
  const every = /^@every (.+)$/.exec(spec)?.[1];
  if (every !== undefined) {
    const milliseconds = goDurationMs(every);
    return milliseconds !== undefined && milliseconds > 0 ? { kind: "every", milliseconds } : undefined;
  }
  const pattern = Object.hasOwn(patterns, spec) ? patterns[spec] : spellOut(spec);
  return pattern === undefined ? undefined : { kind: "calendar", pattern, timeZone };
}

/** The six fields, spelt out: what croner reads otherwise than daprd does not get to it. */
function spellOut(spec: string): string | undefined {
  const fields = spec.split(/\s+/).filter((field) => field !== "");
  if (fields.length === fieldRanges.length - 1) fields.unshift("0");
  if (fields.length !== fieldRanges.length) return undefined;
  const spelled = fieldRanges.map((range, index) => spellOutField(fields[index] ?? "", range));
  return spelled.includes(undefined) ? undefined : spelled.join(" ");
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
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
    mode: "6-part",
    unref: true,
    ...(timeZone !== undefined && { timezone: timeZone }),
  });
}
