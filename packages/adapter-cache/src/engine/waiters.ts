import type { Waiter } from "./waiter.js";

/** How often the documents are looked at for what other processes did: soon at first, then less often, in milliseconds. */
const firstLookMs = 20;
const maxLookMs = 250;

/** The operations of a process that wait for documents to change. */
export class Waiters {
  readonly #byName = new Map<string, Set<Waiter>>();
  readonly #all = new Set<Waiter>();
  readonly #retry: (waiter: Waiter) => void;
  #pauseMs = firstLookMs;
  #timer: NodeJS.Timeout | undefined;

  /** @param retry - has a waiter tried again */
  constructor(retry: (waiter: Waiter) => void) {
    this.#retry = retry;
  }

  add(waiter: Waiter): void {
    this.#all.add(waiter);
    for (const name of waiter.names) this.#byName.set(name, (this.#byName.get(name) ?? new Set()).add(waiter));
    this.#pauseMs = firstLookMs;
    this.#schedule();
  }

  remove(waiter: Waiter): void {
    if (!this.#all.delete(waiter)) return;
    for (const name of waiter.names) {
      const waiting = this.#byName.get(name);
      waiting?.delete(waiter);
      if (waiting?.size === 0) this.#byName.delete(name);
    }
    if (this.#all.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Whether nobody waits for a document. */
  areNone(name: string): boolean {
    return this.#all.size === 0 || !this.#byName.has(name);
  }

  /** Those that wait for a document and are not being tried. */
  of(name: string): readonly Waiter[] {
    return [...(this.#byName.get(name) ?? [])].filter(({ isFree }) => isFree);
  }

  /** Has some that were not served, though it looked so, tried by themselves. */
  retry(waiters: Iterable<Waiter>): void {
    for (const waiter of waiters) {
      if (!waiter.isFree) continue;
      waiter.claim();
      this.#retry(waiter);
    }
  }

  /** Other processes say nothing: only a look shows what they did. */
  #schedule(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.retry(this.#all);
      this.#pauseMs = Math.min(this.#pauseMs * 2, maxLookMs);
      if (this.#all.size > 0) this.#schedule();
    }, this.#pauseMs);
  }
}
