/** What hears of a stream's life. */
export interface StreamWatcher {
  /** Called before the first item is asked for; what it throws ends the stream. */
  begin(): void;
  /** Called once when the stream is over, or was left. */
  end(): void;
  /** What is thrown in place of an error of the stream. */
  error(thrown: unknown): unknown;
}

/**
 * The same stream, watched. Not a generator around a generator: that costs an event of a busy subscription as much as all else.
 */
export function watchStream<T>(stream: () => AsyncIterable<T>, watcher: StreamWatcher): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new WatchedIterator(stream, watcher) };
}

class WatchedIterator<T> implements AsyncIterator<T, undefined> {
  readonly #open: () => AsyncIterable<T>;
  readonly #watcher: StreamWatcher;
  #inner: AsyncIterator<T> | undefined;
  #isBegun = false;
  #isOver = false;

  constructor(open: () => AsyncIterable<T>, watcher: StreamWatcher) {
    this.#open = open;
    this.#watcher = watcher;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#isOver) return { done: true, value: undefined };
    if (!this.#isBegun) this.#watcher.begin();
    this.#isBegun = true;
    try {
      this.#inner ??= this.#open()[Symbol.asyncIterator]();
      const result = await this.#inner.next();
      if (result.done !== true) return result;
    } catch (thrown) {
      this.#end();
      throw this.#watcher.error(thrown);
    }
    this.#end();
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    try {
      await this.#inner?.return?.();
    } catch (thrown) {
      throw this.#watcher.error(thrown);
    } finally {
      this.#end();
    }
    return { done: true, value: undefined };
  }

  #end(): void {
    if (!this.#isOver && this.#isBegun) this.#watcher.end();
    this.#isOver = true;
  }
}
