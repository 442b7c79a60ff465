/**
 * A queue that one side pushes into and the other reads as an async iterable. Items keep their order; the reader gets
 * every item pushed before `end()`.
 */
export class PushQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  /** Adds an item; ignored after `end()` or `fail()`. */
  push(item: T): void {
    if (this.#ended) return;
    this.#items.push(item);
    this.#signal();
  }

  /** Ends the iteration after the items that are already in. */
  end(): void {
    this.#ended = true;
    this.#signal();
  }

  /** Ends the iteration with an error after the items that are already in. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure = { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        while (this.#items.length > 0) yield this.#items.shift() as T;
        if (this.#failure !== undefined) throw this.#failure.error;
        if (this.#ended) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#ended = true;
    }
  }

  #signal(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
