/** Statuses from one to another, both included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** Which failures a retry policy is for: those whose status is in a list. A list that is absent has all. */
export interface RetryMatching {
  readonly http: readonly StatusRange[] | undefined;
  readonly grpc: readonly StatusRange[] | undefined;
}

/** A retry policy as a Resiliency resource writes it, with daprd's defaults. */
export interface RetrySpec {
  readonly policy: "constant" | "exponential";
  /** The pause of a constant policy. */
  readonly durationMs: number;
  /** What the pauses of an exponential policy grow to. */
  readonly maxIntervalMs: number;
  /** Less than 0: without end. */
  readonly maxRetries: number;
  readonly matching: RetryMatching;
}

/** A circuit breaker as a Resiliency resource writes it, with daprd's defaults. */
export interface BreakerSpec {
  /** Name of the policy. */
  readonly name: string;
  /** How many calls a half-open breaker lets through, and how many have to succeed to close it. */
  readonly maxRequests: number;
  /** After what time a closed breaker begins to count anew; 0 for never. */
  readonly intervalMs: number;
  /** How long an open breaker stays open. */
  readonly timeoutMs: number;
  /** Whether a closed breaker that has counted this is to open. */
  readonly trips: (counts: BreakerCounts) => boolean;
}

/** What a circuit breaker has counted since it last changed, or began anew. */
export interface BreakerCounts {
  readonly requests: number;
  readonly totalSuccesses: number;
  readonly totalFailures: number;
  readonly consecutiveSuccesses: number;
  readonly consecutiveFailures: number;
}

/** What a target is protected by. */
export interface PolicyParts {
  /** How long an attempt may take. */
  readonly timeoutMs?: number | undefined;
  readonly retry?: RetrySpec | undefined;
  readonly breaker?: BreakerSpec | undefined;
}
