/** Longest delay that Node's timers take, in milliseconds. */
const longestDelayMs = 2 ** 31 - 1;

/** A call that ends at a time. */
export interface Expiring {
  /** In milliseconds since 1970. */
  readonly deadline: number;
  /** Ends the call. */
  expire(): void;
}

/**
 * Ends calls at their deadlines, with one timer for all: most calls are done long before, and a timer for each costs more than many
 * of them. The process is held as long as one of the calls is under way, as a timer of its own would do.
 */
export class Deadlines {
  readonly #calls = new Set<Expiring>();
  #timer: NodeJS.Timeout | undefined;
  #checkAt = Number.POSITIVE_INFINITY;

  /** Watches a call until it is deleted. */
  add(call: Expiring): void {
    this.#calls.add(call);
    if (call.deadline < this.#checkAt) this.#schedule(call.deadline);
    else if (this.#calls.size === 1) this.#timer?.ref();
  }

  /** Watches a call no more. */
  delete(call: Expiring): void {
    if (this.#calls.delete(call) && this.#calls.size === 0) this.#timer?.unref();
  }

  #schedule(atMs: number): void {
    clearTimeout(this.#timer);
    this.#checkAt = atMs;
    const restMs = Math.max(0, atMs - Date.now());
    this.#timer = setTimeout(() => this.#check(), Math.min(restMs, longestDelayMs));
  }

  #check(): void {
    this.#checkAt = Number.POSITIVE_INFINITY;
    const now = Date.now();
    let next = Number.POSITIVE_INFINITY;
    for (const call of this.#calls) {
      if (call.deadline <= now) {
        this.#calls.delete(call);
        call.expire();
      } else next = Math.min(next, call.deadline);
    }
    if (next !== Number.POSITIVE_INFINITY) this.#schedule(next);
  }
}
