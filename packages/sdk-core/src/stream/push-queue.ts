/** Who waits for the next item. */
interface Reader<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

/**
 * A queue that one side pushes into and the other reads as an async iterable. Items keep their order; the reader gets
 * every item pushed before `end()`. It is its own iterator, not a generator: busy subscriptions pass each event through two.
 */
export class PushQueue<T> implements AsyncIterableIterator<T, undefined> {
  readonly #items: T[] = [];
  readonly #readers: Reader<T>[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  /** Adds an item; says whether the queue takes any: not after `end()` or `fail()`. */
  push(item: T): boolean {
    if (this.#ended) return false;
    const reader = this.#readers.shift();
    if (reader === undefined) this.#items.push(item);
    else reader.resolve({ done: false, value: item });
    return true;
  }

  /** Ends the iteration after the items that are already in. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
  }

  /** Ends the iteration with an error after the items that are already in. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure = { error };
    this.end();
  }

  /** Ends the iteration now, and gives back the items that nobody has read. */
  drain(): readonly T[] {
    const unread = this.#items.splice(0);
    this.end();
    return unread;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#items.length > 0) return Promise.resolve({ done: false, value: this.#items.shift() as T });
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      if (this.#ended) this.#finish(reader);
      else this.#readers.push(reader);
    });
  }

  /** The next item if it is in already, for who need not wait: see `ReadyIterator`. */
  takeReady(): T | undefined {
    return this.#items.shift();
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.drain();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** One reader hears of the failure, those after it of the end. */
  #finish(reader: Reader<T>): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(failure.error);
  }
}
