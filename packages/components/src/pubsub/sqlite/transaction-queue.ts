import { isBusy } from "../../state/sqlite/busy-retry.js";
import type { MessageDatabase } from "./message-database.js";

/** Most pieces of work in one transaction: a few milliseconds during which nothing else of the process runs. */
const maxPerCommit = 500;

/**
 * Other processes hold the file for a fraction of a millisecond each time, so the first attempts follow at once; later ones
 * wait a little, each a different time, so that two processes do not keep in step.
 */
const hurried = { attempts: 4, thenUpToMs: 4 };

interface Job {
  readonly work: () => unknown;
  readonly deadline: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs pieces of work on a SQLite file, many to a transaction: all of one turn of the event loop, and those that come while
 * another process holds the file, share one `BEGIN IMMEDIATE` and `COMMIT`. Work is answered after the commit, and never
 * blocks the event loop while it waits for other processes.
 */
export class TransactionQueue {
  readonly #database: MessageDatabase;
  #waiting: Job[] = [];
  #attempt = 0;
  #scheduled = false;
  #idle: (() => void)[] = [];

  constructor(database: MessageDatabase) {
    this.#database = database;
  }

  /**
   * Adds work to the next transaction. It may run more than once if the transaction has to be repeated.
   *
   * @param timeoutMs - how long it may wait for other processes
   */
  run<T>(work: () => T, timeoutMs = Number.POSITIVE_INFINITY): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // The queue holds work of every type; each job resolves with what its own work gave.
      this.#waiting.push({
        work,
        deadline: Date.now() + timeoutMs,
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      this.#schedule();
    });
  }

  /** Resolves when everything that was added before has been answered. */
  async drained(): Promise<void> {
    if (this.#waiting.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#attempt < hurried.attempts) setImmediate(() => this.#flush());
    else setTimeout(() => this.#flush(), Math.random() * hurried.thenUpToMs);
  }

  #flush(): void {
    this.#scheduled = false;
    const batch = this.#waiting.slice(0, maxPerCommit);
    try {
      this.#settle(batch, this.#commit(batch));
    } catch (error) {
      if (isBusy(error)) this.#giveUpLate(error);
      else this.#commitEach(batch);
    }
    if (this.#waiting.length > 0) this.#schedule();
    else for (const resolve of this.#idle.splice(0)) resolve();
  }

  #settle(batch: readonly Job[], results: readonly unknown[]): void {
    this.#attempt = 0;
    this.#waiting.splice(0, batch.length);
    batch.forEach((job, index) => {
      job.resolve(results[index]);
    });
  }

  /** One piece of work failed: the others must not suffer for it. */
  #commitEach(batch: readonly Job[]): void {
    for (const job of batch) {
      try {
        this.#settle([job], this.#commit([job]));
      } catch (error) {
        if (isBusy(error)) {
          this.#attempt++;
          return;
        }
        this.#waiting.shift();
        job.reject(error);
      }
    }
  }

  #giveUpLate(error: unknown): void {
    this.#attempt++;
    const now = Date.now();
    const late = this.#waiting.filter((job) => job.deadline <= now);
    this.#waiting = this.#waiting.filter((job) => job.deadline > now);
    for (const job of late) job.reject(error);
    if (this.#waiting.length === 0) this.#attempt = 0;
  }

  #commit(batch: readonly Job[]): readonly unknown[] {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const results = batch.map((job) => job.work());
      this.#database.exec("COMMIT");
      return results;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
