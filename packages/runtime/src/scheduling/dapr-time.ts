import { goDurationMs } from "@mecha/spec";

/** A span of time as a calendar counts it. */
export interface Period {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly milliseconds: number;
  /** How often it comes; absent for ever. Only ISO 8601 says so (`R3/PT1S`). */
  readonly repeats?: number;
}

const isoDuration =
  /^(?:R(\d+)(?:\/|$))?(?:P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)?$/u;
const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/u;

/** A period in ISO 8601 or in Go's form, as Dapr takes both; `undefined` for anything else. */
export function readPeriod(text: string): Period | undefined {
  const iso = text.length < 2 ? null : isoDuration.exec(text);
  if (iso === null) {
    const milliseconds = goDurationMs(text);
    return milliseconds === undefined ? undefined : { years: 0, months: 0, days: 0, milliseconds };
  }
  const number = (index: number): number => Number(iso[index] ?? 0);
  return {
    years: number(2),
    months: number(3),
    days: number(4) * 7 + number(5),
    milliseconds: (number(6) * 3_600 + number(7) * 60 + number(8)) * 1_000,
    ...(iso[1] !== undefined && { repeats: number(1) }),
  };
}

/** A time, a period later. */
export function addPeriod(timeMs: number, { years, months, days, milliseconds }: Period): number {
  if (years === 0 && months === 0 && days === 0) return timeMs + milliseconds;
  const date = new Date(timeMs);
  date.setUTCFullYear(date.getUTCFullYear() + years, date.getUTCMonth() + months, date.getUTCDate() + days);
  return date.getTime() + milliseconds;
}

/**
 * A point in time: in RFC 3339, or a duration from another; in milliseconds since 1970, `undefined` for what is neither. A
 * duration that repeats is none.
 */
export function readPointInTime(text: string, fromMs: number): number | undefined {
  if (rfc3339.test(text)) {
    const timeMs = Date.parse(text);
    return Number.isNaN(timeMs) ? undefined : timeMs;
  }
  const period = readPeriod(text);
  return period === undefined || period.repeats !== undefined ? undefined : addPeriod(fromMs, period);
}

/** A duration as Go writes it: `1m30s`, `100ms`, `0s`. */
export function toGoDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  if (milliseconds < 1) return `${String(Number((milliseconds * 1e3).toFixed(3)))}µs`;
  if (milliseconds < 1_000) return `${trimmed(milliseconds)}ms`;
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000);
  const seconds = `${trimmed((milliseconds % 60_000) / 1_000)}s`;
  if (hours > 0) return `${String(hours)}h${String(minutes)}m${seconds}`;
  return minutes > 0 ? `${String(minutes)}m${seconds}` : seconds;
}

/** Nanoseconds are the finest that Go writes. */
function trimmed(value: number): string {
  return String(Number(value.toFixed(9)));
}
