import type { ComponentLogger } from "@mecha/spec";
import type { BreakerCounts, BreakerSpec } from "./policy-spec.js";
import { policyFailure } from "./policy-failure.js";

/** What a circuit breaker does with calls: lets them all through, none, or some to see. */
export type BreakerState = "closed" | "open" | "half-open";

const nothing: BreakerCounts = {
  requests: 0,
  totalSuccesses: 0,
  totalFailures: 0,
  consecutiveSuccesses: 0,
  consecutiveFailures: 0,
};

/**
 * A circuit breaker that counts, opens and closes as daprd's (which is sony/gobreaker). Results of calls that began before it last
 * changed do not count. It is none of cockatiel's, whose half-open breakers let one call through and make the others wait.
 */
export class CircuitBreaker {
  readonly #name: string;
  readonly #spec: BreakerSpec;
  readonly #logger: ComponentLogger;
  #state: BreakerState = "closed";
  #counts = nothing;
  /** Changes whenever counting begins anew. */
  #generation = 0;
  #untilMs = Number.POSITIVE_INFINITY;

  constructor(name: string, spec: BreakerSpec, logger: ComponentLogger) {
    this.#name = name;
    this.#spec = spec;
    this.#logger = logger;
    this.#begin("closed");
  }

  /** What it does with a call now. */
  get state(): BreakerState {
    if (Date.now() > this.#untilMs) {
      if (this.#state === "open") this.#change("half-open");
      else this.#begin("closed");
    }
    return this.#state;
  }

  /**
   * Makes a call, if it lets it through.
   *
   * @throws MechaError with daprd's code and message if it does not; else what the call throws
   */
  async execute<T>(call: () => Promise<T>): Promise<T> {
    const state = this.state;
    if (state === "open") throw policyFailure("circuit breaker is open");
    if (state === "half-open" && this.#counts.requests >= this.#spec.maxRequests)
      throw policyFailure("too many requests");
    this.#counts = { ...this.#counts, requests: this.#counts.requests + 1 };
    const generation = this.#generation;
    try {
      const result = await call();
      this.#settle(generation, true);
      return result;
    } catch (error) {
      this.#settle(generation, false);
      throw error;
    }
  }

  #settle(generation: number, isSuccess: boolean): void {
    const state = this.state;
    if (generation !== this.#generation) return;
    this.#counts = isSuccess ? withSuccess(this.#counts) : withFailure(this.#counts);
    if (state === "half-open") {
      if (!isSuccess) this.#change("open");
      else if (this.#counts.consecutiveSuccesses >= this.#spec.maxRequests) this.#change("closed");
    } else if (!isSuccess && this.#spec.trips(this.#counts)) this.#change("open");
  }

  #change(state: BreakerState): void {
    this.#logger.info(`circuit breaker "${this.#name}" changes from ${this.#state} to ${state}`);
    this.#begin(state);
  }

  #begin(state: BreakerState): void {
    const { intervalMs, timeoutMs } = this.#spec;
    const lasts = {
      closed: intervalMs > 0 ? intervalMs : Number.POSITIVE_INFINITY,
      open: timeoutMs,
      "half-open": Number.POSITIVE_INFINITY,
    };
    this.#state = state;
    this.#counts = nothing;
    this.#generation++;
    this.#untilMs = Date.now() + lasts[state];
  }
}

function withSuccess(counts: BreakerCounts): BreakerCounts {
  const { totalSuccesses, consecutiveSuccesses } = counts;
  return {
    ...counts,
    totalSuccesses: totalSuccesses + 1,
    consecutiveSuccesses: consecutiveSuccesses + 1,
    consecutiveFailures: 0,
  };
}

function withFailure(counts: BreakerCounts): BreakerCounts {
  const { totalFailures, consecutiveFailures } = counts;
  return {
    ...counts,
    totalFailures: totalFailures + 1,
    consecutiveFailures: consecutiveFailures + 1,
    consecutiveSuccesses: 0,
  };
}
