import { MechaError, type ComponentLogger } from "@mecha/spec";
import {
  handleWhen,
  retry,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
  type RetryPolicy,
  type TimeoutPolicy,
} from "cockatiel";
import { messageOf } from "../errors/dapr-error.js";
import { backOff } from "./back-off.js";
import type { CircuitBreaker } from "./circuit-breaker.js";
import { isRefusedByBreaker, timeoutFailure } from "./policy-failure.js";
import type { TargetReports } from "./policy-reports.js";
import type { RetrySpec } from "./policy-spec.js";
import { matchesStatus } from "./status-match.js";

/** What is done under a policy: once for each attempt. The signal ends one that takes too long, or whose caller gave up. */
export type Attempt<T> = (signal: AbortSignal | undefined) => Promise<T>;

/** How a call is run. */
export interface RunOptions {
  /** Aborts when the caller gives up: no further attempts. */
  readonly signal?: AbortSignal | undefined;
  /** Aborts when there are to be no further attempts; one that is under way goes on. */
  readonly closing?: AbortSignal | undefined;
  /** The status of a failure that `matching` is asked of; `undefined` for one that is tried again in any case. */
  readonly statusOf?: (error: unknown) => number | undefined;
  /** Whether a failure is not to be tried again, whatever the policy says. */
  readonly isFinal?: (error: unknown) => boolean;
  /** Whether {@link Policy.tellUse} has been called for this call, and is not to be again. @defaultValue `false` */
  readonly isUseTold?: boolean;
}

/** What a policy is made of. */
export interface PolicyOptions {
  readonly timeoutMs?: number | undefined;
  readonly retry?: RetrySpec | undefined;
  readonly breaker?: CircuitBreaker | undefined;
  readonly logger: ComponentLogger;
  /** Where it says what it does. @defaultValue nowhere */
  readonly reports?: TargetReports | undefined;
}

/** A call that is run: all of its attempts. */
interface Run<T> {
  readonly attempt: Attempt<T>;
  readonly signal: AbortSignal | undefined;
  /** As in daprd, only the first attempt that takes too long is told. */
  isTimeoutTold: boolean;
}

/**
 * Timeout, circuit breaker and retries of one target, in daprd's order: each attempt has the timeout, the breaker counts each
 * attempt, and what is thrown at the end is what the last attempt threw.
 */
export class Policy {
  readonly #name: string;
  readonly #logger: ComponentLogger;
  readonly #timeout: TimeoutPolicy | undefined;
  readonly #breaker: CircuitBreaker | undefined;
  readonly #retrySpec: RetrySpec | undefined;
  readonly #retry: RetryPolicy | undefined;
  readonly #reports: TargetReports | undefined;

  /** @param name - the target, for the log */
  constructor(name: string, { timeoutMs = 0, retry: spec, breaker, logger, reports }: PolicyOptions) {
    this.#name = name;
    this.#logger = logger;
    this.#reports = reports;
    // What an attempt gave may live on: a stream, a subscription.
    const settings = { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false };
    this.#timeout = timeoutMs > 0 ? timeout(timeoutMs, settings) : undefined;
    this.#breaker = breaker;
    this.#retrySpec = spec;
    this.#retry =
      spec &&
      retry(
        handleWhen((error) => !(error instanceof Final)),
        { maxAttempts: attemptsOf(spec) },
      );
  }

  /** Whether it says how often there is another attempt, be it never. */
  get hasRetryPolicy(): boolean {
    return this.#retrySpec !== undefined;
  }

  /** Whether there may be more attempts than one. */
  get hasRetries(): boolean {
    return this.#retrySpec !== undefined && this.#retrySpec.maxRetries !== 0;
  }

  /** Says that something is run under these policies. Each run says so by itself, unless its options keep it from that. */
  tellUse(): void {
    const reports = this.#reports;
    if (reports === undefined) return;
    if (this.#timeout !== undefined) reports.used("timeout");
    if (this.#retry !== undefined) reports.used("retry");
    if (this.#breaker !== undefined) reports.used("circuitbreaker", this.#breaker.state);
  }

  /**
   * Runs a call.
   *
   * @throws what the last attempt threw, `DEADLINE_EXCEEDED` if that was too slow, daprd's error if the circuit breaker lets nothing through
   */
  async run<T>(attempt: Attempt<T>, options: RunOptions = {}): Promise<T> {
    if (options.isUseTold !== true) this.tellUse();
    const run = { attempt, signal: options.signal, isTimeoutTold: false };
    if (this.#retry === undefined || this.#retrySpec === undefined) return this.#once(run);
    const pauses = backOff(this.#retrySpec);
    let last: unknown;
    let delayMs: number | undefined;
    try {
      return await this.#retry.execute(async ({ attempt: retries }) => {
        if (retries > 0) await this.#pause(delayMs, options, last);
        try {
          const result = await this.#once(run);
          if (retries > 0) this.#logger.info(`${this.#name} succeeded after ${String(retries + 1)} attempts`);
          return result;
        } catch (error) {
          last = error;
          if (this.#isFinal(error, options)) throw new Final(error);
          delayMs = pauses.next();
          if (delayMs !== undefined) this.#reports?.activated("retry");
          if (retries === 0 && delayMs !== undefined)
            this.#logger.warn(`${this.#name} failed and is tried again: ${messageOf(error)}`);
          throw error;
        }
      });
    } catch (error) {
      throw error instanceof Final ? error.error : error;
    }
  }

  /** The pauses are ours: cockatiel's cannot be cut short, and do not end after a time. */
  async #pause(delayMs: number | undefined, { signal, closing }: RunOptions, last: unknown): Promise<void> {
    if (delayMs === undefined) throw new Final(last);
    await pause(delayMs, [signal, closing]);
    if (signal?.aborted === true) throw new Final(MechaError.from(signal.reason, "The call was given up"));
    if (closing?.aborted === true) throw new Final(last);
  }

  #isFinal(error: unknown, { signal, closing, statusOf, isFinal }: RunOptions): boolean {
    if (signal?.aborted === true || closing?.aborted === true) return true;
    if (isRefusedByBreaker(error) || isFinal?.(error) === true) return true;
    const status = statusOf?.(error);
    return status !== undefined && this.#retrySpec !== undefined && !matchesStatus(this.#retrySpec.matching, status);
  }

  async #once<T>(run: Run<T>): Promise<T> {
    const breaker = this.#breaker;
    if (breaker === undefined) return this.#timed(run);
    const before = breaker.state;
    try {
      return await breaker.execute(() => this.#timed(run));
    } finally {
      const { state } = breaker;
      if (state !== before) this.#reports?.activated("circuitbreaker", state);
    }
  }

  async #timed<T>(run: Run<T>): Promise<T> {
    const { attempt, signal } = run;
    if (this.#timeout === undefined) return attempt(signal);
    try {
      return await this.#timeout.execute((context) => attempt(context.signal), signal);
    } catch (error) {
      if (!(error instanceof TaskCancelledError)) throw error;
      if (signal?.aborted === true) throw MechaError.from(signal.reason, "The call was given up");
      if (!run.isTimeoutTold) this.#reports?.activated("timeout");
      run.isTimeoutTold = true;
      throw timeoutFailure(error);
    }
  }
}

/** Ends the retries with what was thrown. */
class Final extends Error {
  readonly error: unknown;

  constructor(error: unknown) {
    super("no further attempt");
    this.error = error;
  }
}

function attemptsOf({ maxRetries }: RetrySpec): number {
  return maxRetries < 0 ? Number.POSITIVE_INFINITY : maxRetries;
}

/** Waits, but not for somebody who has given up. */
function pause(milliseconds: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    for (const signal of signals) signal?.addEventListener("abort", end);
    if (signals.some((signal) => signal?.aborted === true)) end();
  });
}
