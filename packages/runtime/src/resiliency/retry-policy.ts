/** When something that failed is tried again. */
export interface RetryPolicy {
  /** How long to wait before the given retry (1 for the first), in milliseconds; `undefined` for no further one. */
  delayMs(retry: number): number | undefined;
}

/** A retry policy as a Resiliency resource writes it. */
export interface RetrySpec {
  readonly policy: "constant" | "exponential";
  readonly durationMs: number | undefined;
  readonly maxIntervalMs: number | undefined;
  /** Less than 0: without end. */
  readonly maxRetries: number;
}

/** daprd's defaults. */
const constantDelayMs = 5_000;
const firstExponentialDelayMs = 500;
const exponentialFactor = 1.5;
const longestDelayMs = 60_000;

/** Makes a policy of its description, with daprd's defaults: exponential delays vary by half. */
export function retryPolicy({ policy, durationMs, maxIntervalMs, maxRetries }: RetrySpec): RetryPolicy {
  return {
    delayMs(retry) {
      if (maxRetries >= 0 && retry > maxRetries) return undefined;
      if (policy === "constant") return durationMs ?? constantDelayMs;
      const delay = firstExponentialDelayMs * exponentialFactor ** (retry - 1) * (0.5 + Math.random());
      return Math.min(delay, maxIntervalMs ?? longestDelayMs);
    },
  };
}
