import type { AppHealthCheck } from "../app-channel/app-endpoint.js";

/** Asks the app whether it is well; rejects if it is not, or does not answer. */
export type Probe = (signal: AbortSignal) => Promise<void>;

/** What follows from an app's health. */
export interface HealthListener {
  /** The app is well again, or for the first time. */
  readonly onHealthy: () => void;
  /** So many probes in a row have failed; with what the last one failed. */
  readonly onUnhealthy: (reason: unknown) => void;
}

/**
 * Watches an app's health, as daprd does: it is not well until a probe says so; one good probe makes it well, and only as many failed
 * ones in a row as the threshold make it unwell again.
 */
export class AppHealth {
  readonly #check: AppHealthCheck;
  readonly #probe: Probe;
  readonly #listener: HealthListener;
  readonly #closing = new AbortController();
  #failures: number;
  #timer: NodeJS.Timeout | undefined;
  #probing: Promise<void> | undefined;

  constructor(check: AppHealthCheck, probe: Probe, listener: HealthListener) {
    this.#check = check;
    this.#probe = probe;
    this.#listener = listener;
    this.#failures = check.threshold;
  }

  get isHealthy(): boolean {
    return this.#failures < this.#check.threshold;
  }

  /** Begins to probe, at once for the first time. */
  start(): void {
    if (!this.#closing.signal.aborted) this.#probing = this.#ask();
  }

  /** Ends probing; nothing is heard any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.#probing;
  }

  async #ask(): Promise<void> {
    const started = performance.now();
    const giveUp = new AbortController();
    const end = (): void => giveUp.abort();
    const timer = setTimeout(end, this.#check.timeoutMs);
    this.#closing.signal.addEventListener("abort", end);
    try {
      await this.#probe(giveUp.signal);
      this.#succeeded();
    } catch (error) {
      this.#failed(error);
    } finally {
      clearTimeout(timer);
      this.#closing.signal.removeEventListener("abort", end);
    }
    if (this.#closing.signal.aborted) return;
    const waitMs = Math.max(this.#check.intervalMs - (performance.now() - started), 0);
    this.#timer = setTimeout(() => this.start(), waitMs);
  }

  #succeeded(): void {
    const wasHealthy = this.isHealthy;
    this.#failures = 0;
    if (!wasHealthy && !this.#closing.signal.aborted) this.#listener.onHealthy();
  }

  #failed(reason: unknown): void {
    this.#failures++;
    if (this.#failures === this.#check.threshold && !this.#closing.signal.aborted) this.#listener.onUnhealthy(reason);
  }
}
