import type { actors } from "@mecha/sdk-core/protocol";
import { readPeriod, readPointInTime, type Period } from "../scheduling/dapr-time.js";

/** When a timer fires. */
export interface TimerTimes {
  nextMs: number;
  /** How often it will fire. */
  left: number;
  readonly period: Period | undefined;
  readonly expiresAtMs: number;
}

/**
 * Reads when a timer fires, as daprd does: its due time (at once without one), then its period, until it expires, which
 * counts from its due time.
 *
 * @throws Error that says what is wrong
 */
export function readTimerTimes(
  { dueTime, period: periodText, ttl }: Pick<actors.RegisterActorTimerRequest, "dueTime" | "period" | "ttl">,
  nowMs: number,
): TimerTimes {
  const nextMs = dueTime === "" ? nowMs : readPointInTime(dueTime, nowMs);
  if (nextMs === undefined)
    throw new Error(`error parsing timer due time: unsupported time/duration format: ${dueTime}`);
  const period = periodText === "" ? undefined : readPeriod(periodText);
  if (periodText !== "" && period === undefined)
    throw new Error(`invalid timer period: parse error: unsupported duration format: ${periodText}`);
  if (period?.repeats === 0) throw new Error("invalid timer period: has zero repetitions");
  const expiresAtMs = ttl === "" ? Number.POSITIVE_INFINITY : readPointInTime(ttl, nextMs);
  if (expiresAtMs === undefined) throw new Error(`error parsing timer TTL: unsupported time/duration format: ${ttl}`);
  if (nowMs > expiresAtMs || nextMs > expiresAtMs)
    throw new Error(`timer has already expired: dueTime: ${dueTime} TTL: ${ttl}`);
  const isRepeated = period !== undefined && !isNothing(period);
  return {
    nextMs,
    left: isRepeated ? (period.repeats ?? Number.POSITIVE_INFINITY) : 1,
    period: isRepeated ? period : undefined,
    expiresAtMs,
  };
}

function isNothing({ years, months, days, milliseconds }: Period): boolean {
  return years === 0 && months === 0 && days === 0 && milliseconds <= 0;
}
