/** When a batch is full. */
export interface BatchLimits {
  readonly maxCount: number;
  /** How long the first item waits for others, in milliseconds. */
  readonly maxWaitMs: number;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Collects items until there are enough of them, or the first has waited long enough, and handles them together. */
export class BatchCollector<T, R> {
  readonly #handle: (items: readonly T[]) => Promise<readonly R[]>;
  readonly #limits: BatchLimits;
  #waiting: Waiting<T, R>[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param handle - gives a result for each item, in their order */
  constructor(handle: (items: readonly T[]) => Promise<readonly R[]>, limits: BatchLimits) {
    this.#handle = handle;
    this.#limits = limits;
  }

  /** Adds an item; resolves with its result. Rejects if its batch could not be handled. */
  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length >= this.#limits.maxCount) this.#flush();
      else this.#timer ??= setTimeout(() => this.#flush(), this.#limits.maxWaitMs);
    });
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting;
    this.#waiting = [];
    const items = batch.map(({ item }) => item);
    this.#handle(items).then(
      (results) => {
        for (const [index, { resolve }] of batch.entries()) {
          // One result for each item is what handle() promises.
          resolve(results[index] as R);
        }
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }
}
