/** What tells the time to whatever fires. Tests have one of their own, which they move by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back at a time, or soon after; the result takes the call back. It does not keep the process. */
  at(timeMs: number, call: () => void): () => void;
}

/** Longest delay that Node's timers take. */
const longestDelayMs = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(timeMs, call) {
    let timer: NodeJS.Timeout;
    // A timer may fire a little early by the wall clock, and cannot wait for more than 24 days.
    const wait = (): void => {
      const delayMs = timeMs - Date.now();
      if (delayMs <= 0) call();
      else timer = setTimeout(wait, Math.min(delayMs, longestDelayMs)).unref();
    };
    timer = setTimeout(wait, Math.max(0, Math.min(timeMs - Date.now(), longestDelayMs))).unref();
    return () => clearTimeout(timer);
  },
};
