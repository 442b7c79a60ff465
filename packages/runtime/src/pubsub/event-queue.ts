/**
 * A queue between a broker that pushes and a stream that pulls. Items keep their order; the reader gets every item that was
 * pushed before the end. There is one reader, which asks for one item at a time.
 */
export class EventQueue<T> implements AsyncIterable<T, undefined> {
  readonly #items: T[] = [];
  #waiting: { resolve(result: IteratorResult<T, undefined>): void; reject(error: unknown): void } | undefined;
  #ended = false;
  #failure: { readonly error: Error } | undefined;

  /** Adds an item; says whether the queue still takes any. */
  push(item: T): boolean {
    if (this.#ended) return false;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#items.push(item);
    else waiting.resolve({ done: false, value: item });
    return true;
  }

  /** Ends the iteration after the items that are in, with an error if one is given. */
  end(failure?: { readonly error: Error }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    if (failure === undefined) this.#waiting?.resolve(over);
    else this.#waiting?.reject(failure.error);
    this.#waiting = undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    // No generator: each costs several turns of the microtask queue an item.
    return { next: () => this.#next(), return: () => Promise.resolve(over) };
  }

  #next(): Promise<IteratorResult<T, undefined>> {
    // At most a few items wait, or the reader is far behind and anything is slow.
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve({ done: false, value: item });
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#ended) return Promise.resolve(over);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }
}

const over: IteratorReturnResult<undefined> = { done: true, value: undefined };
