import type { MechaError, StateOperation, StateWriteResult } from "@mecha/spec";
import { busyDelayMs, isBusy } from "./busy-retry.js";
import type { SqliteDatabase } from "./sqlite-database.js";

/** Most operations that go into one transaction: about 5 ms during which nothing else of the process runs. */
const maxOperationsPerCommit = 1_000;

/** One call of `write`, waiting for its transaction. */
interface Job {
  readonly operations: readonly StateOperation[];
  readonly atomic: boolean;
  /** When to give up waiting for other processes, in milliseconds since 1970. */
  readonly deadline: number;
  readonly resolve: (results: readonly StateWriteResult[]) => void;
  readonly reject: (error: unknown) => void;
}

/** What a group commit needs of the table. */
export interface GroupCommitOptions {
  readonly database: SqliteDatabase;
  /** Applies one operation in the open transaction; gives the reason if it may not be applied. */
  readonly apply: (operation: StateOperation) => MechaError | undefined;
  /** How long a write may wait for other processes, in milliseconds. */
  readonly busyTimeoutMs: number;
}

/**
 * Writes to a SQLite file, many calls to a transaction.
 *
 * All calls of one turn of the event loop, and those that come while another process holds the file, share one
 * `BEGIN IMMEDIATE` and `COMMIT`; each keeps its own results. A call is answered after the commit.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #waiting: Job[] = [];
  #attempt = 0;
  #scheduled = false;
  #idle: (() => void)[] = [];

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Adds a write to the next transaction. Rejects only if nothing of it was stored. */
  write(operations: readonly StateOperation[], atomic: boolean): Promise<readonly StateWriteResult[]> {
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + this.#options.busyTimeoutMs;
      this.#waiting.push({ operations, atomic, deadline, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when everything that was written before has been answered. */
  async drained(): Promise<void> {
    if (this.#waiting.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#attempt === 0) setImmediate(() => this.#flush());
    else setTimeout(() => this.#flush(), busyDelayMs(this.#attempt));
  }

  #flush(): void {
    this.#scheduled = false;
    const batch = this.#nextBatch();
    try {
      const answers = this.#commit(batch);
      this.#attempt = 0;
      this.#waiting.splice(0, batch.length);
      for (const answer of answers) answer();
    } catch (error) {
      if (isBusy(error)) this.#giveUpLate(error);
      else for (const job of this.#waiting.splice(0, batch.length)) job.reject(error);
    }
    if (this.#waiting.length > 0) this.#schedule();
    else for (const resolve of this.#idle.splice(0)) resolve();
  }

  #nextBatch(): readonly Job[] {
    let operations = 0;
    const end = this.#waiting.findIndex((job) => (operations += job.operations.length) > maxOperationsPerCommit);
    return end < 0 ? [...this.#waiting] : this.#waiting.slice(0, Math.max(1, end));
  }

  #giveUpLate(error: unknown): void {
    this.#attempt++;
    const now = Date.now();
    const late = this.#waiting.filter((job) => job.deadline <= now);
    this.#waiting = this.#waiting.filter((job) => job.deadline > now);
    for (const job of late) job.reject(error);
    if (this.#waiting.length === 0) this.#attempt = 0;
  }

  /** Runs the batch in one transaction; returns how to answer each job, or throws with nothing stored. */
  #commit(batch: readonly Job[]): readonly (() => void)[] {
    const { database } = this.#options;
    database.exec("BEGIN IMMEDIATE");
    try {
      const answers = batch.map((job) => (job.atomic ? this.#runAtomic(job) : this.#runEach(job)));
      database.exec("COMMIT");
      return answers;
    } catch (error) {
      if (database.inTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }

  #runEach(job: Job): () => void {
    const results = job.operations.map((operation) => this.#options.apply(operation));
    return () => {
      job.resolve(results);
    };
  }

  #runAtomic(job: Job): () => void {
    const { database, apply } = this.#options;
    // A single statement needs no savepoint: it applies or it does not.
    const nested = job.operations.length > 1;
    if (nested) database.exec("SAVEPOINT job");
    for (const operation of job.operations) {
      const problem = apply(operation);
      if (problem === undefined) continue;
      if (nested) database.exec("ROLLBACK TO job; RELEASE job");
      return () => {
        job.reject(problem);
      };
    }
    if (nested) database.exec("RELEASE job");
    return () => {
      job.resolve(job.operations.map(() => undefined));
    };
  }
}
