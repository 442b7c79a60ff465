/** An iterator of what is never `undefined` that can say what is there already: who reads many items asks it before waiting, which costs turns of the loop. */
export interface ReadyIterator<T> extends AsyncIterator<T, undefined> {
  /**
   * The next item, if it is there already. `undefined` if there is none yet, or something else than an item comes next: `next()`
   * tells. Not to be called while a `next()` is waiting.
   */
  takeReady(): T | undefined;
}

/** The next item of an iterator, if it is there already and the iterator can say so. */
export function takeReady<T>(iterator: AsyncIterator<T>): T | undefined {
  return (iterator as Partial<ReadyIterator<T>>).takeReady?.();
}

/**
 * Reads all items, as `for await` does, those that are there already one after another without waiting between.
 *
 * @param take - takes an item; no further one is read until what it returned is resolved
 */
export async function takeItems<T>(
  items: AsyncIterable<T>,
  take: (item: T) => Promise<void> | undefined,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) return;
    try {
      for (let item: T | undefined = next.value; item !== undefined; item = takeReady(iterator)) {
        const taken = take(item);
        if (taken !== undefined) await taken;
      }
    } catch (error) {
      await iterator.return?.();
      throw error;
    }
  }
}
