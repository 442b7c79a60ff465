import type { RetrySpec } from "./policy-spec.js";

/** The pauses of one call that is tried again and again. */
export interface BackOff {
  /** How long to wait before the next retry, in milliseconds; `undefined` if there is to be none. */
  next(): number | undefined;
}

/** daprd's settings of exponential policies, which no resource can change. */
const firstDelayMs = 500;
const growth = 1.5;
const variation = 0.5;
const longestTimeMs = 15 * 60_000;

/** Begins the pauses of a call. Those of an exponential policy grow, vary by half, and end after 15 minutes, as daprd's. */
export function backOff({ policy, durationMs, maxIntervalMs, maxRetries }: RetrySpec): BackOff {
  const startMs = Date.now();
  let retries = 0;
  let intervalMs = firstDelayMs;
  return {
    next() {
      if (maxRetries >= 0 && retries >= maxRetries) return undefined;
      retries++;
      if (policy === "constant") return durationMs;
      const delayMs = intervalMs * (1 - variation + Math.random() * 2 * variation);
      intervalMs = Math.min(intervalMs * growth, maxIntervalMs);
      return Date.now() - startMs + delayMs > longestTimeMs ? undefined : delayMs;
    },
  };
}
