import type { Clock } from "../src/scheduling/clock.js";

/** A clock that a test moves by hand. */
export interface ManualClock extends Clock {
  /** Moves on, past every alarm of that time in its order; what an alarm began goes as far as it can without the clock. */
  advance(milliseconds: number): Promise<void>;
}

interface Alarm {
  readonly timeMs: number;
  readonly call: () => void;
}

/** Makes a clock that stands still at a time. */
export function manualClock(startMs = Date.UTC(2026, 10, 23, 12)): ManualClock {
  let nowMs = startMs;
  const alarms = new Set<Alarm>();
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return {
    now: () => nowMs,
    at(timeMs, call) {
      const alarm = { timeMs, call };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    async advance(milliseconds) {
      const endMs = nowMs + milliseconds;
      await settle();
      for (;;) {
        const next = [...alarms].sort((one, other) => one.timeMs - other.timeMs)[0];
        if (next === undefined || next.timeMs > endMs) break;
        alarms.delete(next);
        nowMs = Math.max(nowMs, next.timeMs);
        next.call();
        await settle();
      }
      nowMs = endMs;
    },
  };
}
