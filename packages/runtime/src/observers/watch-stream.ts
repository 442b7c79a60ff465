/**
 * The same stream, and a word when it is over. No generator: its `return()` would wait for a `next()` that is under way, which a
 * subscription may not answer for hours.
 *
 * @param ended - called once, with what the stream failed with
 */
export function watchStream<T>(stream: AsyncIterable<T>, ended: (failure?: unknown) => void): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new WatchedIterator(stream[Symbol.asyncIterator](), ended) };
}

class WatchedIterator<T> implements AsyncIterator<T> {
  readonly #inner: AsyncIterator<T>;
  readonly #ended: (failure?: unknown) => void;
  #hasEnded = false;

  constructor(inner: AsyncIterator<T>, ended: (failure?: unknown) => void) {
    this.#inner = inner;
    this.#ended = ended;
  }

  async next(): Promise<IteratorResult<T>> {
    try {
      const next = await this.#inner.next();
      if (next.done === true) this.#end();
      return next;
    } catch (error) {
      this.#end(error);
      throw error;
    }
  }

  async return(): Promise<IteratorResult<T>> {
    this.#end();
    await this.#inner.return?.();
    return { done: true, value: undefined };
  }

  #end(failure?: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#ended(failure);
  }
}
