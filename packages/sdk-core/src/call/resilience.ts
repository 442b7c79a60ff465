import { setTimeout as delay } from "node:timers/promises";
import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
  retry,
  type CircuitBreakerPolicy,
  type RetryPolicy,
} from "cockatiel";
import { MechaError } from "@mecha/spec";
import type { CallSubject } from "../transport/call-subject.js";
import type { CallOptions } from "../transport/transport.js";
import type { CircuitBreakerOptions, ResolvedCallSettings, RetryOptions } from "./call-settings.js";
import { isUnsent } from "./unsent.js";

/** Sends calls again and stops them, as the settings say. */
export class Resilience {
  readonly #settings: ResolvedCallSettings;
  readonly #retryIdempotent: RetryPolicy;
  readonly #retryUnsent: RetryPolicy;
  readonly #breakers = new Map<string, CircuitBreakerPolicy>();

  constructor(settings: ResolvedCallSettings) {
    this.#settings = settings;
    const { codes } = settings.retry;
    this.#retryIdempotent = retryPolicy(settings.retry, (error) => MechaError.is(error) && codes.includes(error.code));
    this.#retryUnsent = retryPolicy(settings.retry, isUnsent);
  }

  /** Runs a call, `send` once for each attempt. */
  run<O>(send: () => Promise<O>, { subject, signal, deadline }: CallOptions): Promise<O> {
    const policy = subject?.idempotent === true ? this.#retryIdempotent : this.#retryUnsent;
    const noTime = new AbortController();
    let last: unknown;
    return policy.execute(async ({ attempt }) => {
      if (attempt > 0) {
        const pauseMs = this.#pauseMs(attempt);
        // Nothing would be left of the time: what kept the call from succeeding says more than that it was late.
        if (deadline !== undefined && Date.now() + pauseMs >= deadline) {
          noTime.abort();
          throw last;
        }
        await pause(pauseMs, signal);
      }
      try {
        return await this.#guarded(send, subject);
      } catch (error) {
        last = error;
        throw error;
      }
    }, noTime.signal);
  }

  #pauseMs(attempt: number): number {
    const { initialDelayMs, maxDelayMs } = this.#settings.retry;
    return Math.min(initialDelayMs * 2 ** (attempt - 1), maxDelayMs) * (0.5 + Math.random() / 2);
  }

  async #guarded<O>(send: () => Promise<O>, subject: CallSubject | undefined): Promise<O> {
    const options = this.#settings.circuitBreaker;
    if (options === undefined) return send();
    const name = subject?.component ?? "";
    try {
      return await this.#breakerOf(name, options).execute(send);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new MechaError(
        "UNAVAILABLE",
        `The circuit to "${name}" is open: too many calls failed one after another. It is tried again after ${String(options.halfOpenAfterMs)} ms.`,
        { cause: error },
      );
    }
  }

  #breakerOf(name: string, { consecutiveFailures, halfOpenAfterMs, codes }: Required<CircuitBreakerOptions>) {
    let breaker = this.#breakers.get(name);
    if (breaker === undefined) {
      breaker = circuitBreaker(
        handleWhen((error) => MechaError.is(error) && codes.includes(error.code)),
        { halfOpenAfter: halfOpenAfterMs, breaker: new ConsecutiveBreaker(consecutiveFailures) },
      );
      this.#breakers.set(name, breaker);
    }
    return breaker;
  }
}

/** The pauses are ours: cockatiel's cannot be cut short by a caller that gives up. */
function retryPolicy({ maxRetries }: Required<RetryOptions>, mayPass: (error: Error) => boolean): RetryPolicy {
  return retry(handleWhen(mayPass), { maxAttempts: maxRetries === -1 ? Number.POSITIVE_INFINITY : maxRetries });
}

async function pause(pauseMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(pauseMs, undefined, signal && { signal });
  } catch {
    throw new MechaError("CANCELLED", "The call was cancelled", { cause: signal?.reason });
  }
}
