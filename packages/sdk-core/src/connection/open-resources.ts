import { setTimeout as delay } from "node:timers/promises";

/** How long closing waits for handlers and acknowledgements under way, in milliseconds; as the embedded runtime does. */
const drainTimeoutMs = 5_000;

/** What was opened over a share of the connection and must end before it: subscriptions and hosts. */
export class OpenResources {
  readonly #closers = new Set<() => Promise<void>>();

  /** Adds a resource; the result takes it away again, once it was closed by itself. */
  add(close: () => Promise<void>): () => void {
    this.#closers.add(close);
    return () => {
      this.#closers.delete(close);
    };
  }

  /** Ends all of them; resolves when they have ended, or after some seconds, for a handler may wait for this very call. */
  async close(): Promise<void> {
    if (this.#closers.size === 0) return;
    const closing = Promise.allSettled([...this.#closers].map((close) => close()));
    const waiting = new AbortController();
    const tooLong = delay(drainTimeoutMs, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([closing, tooLong]);
    waiting.abort();
    this.#closers.clear();
  }
}
