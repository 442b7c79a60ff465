/** A map of bounded size: what was used least recently makes room. */
export class LruCache<K, V> {
  readonly #size: number;
  readonly #entries = new Map<K, V>();

  /** @param size - how many entries it holds, 1 or more */
  constructor(size: number) {
    this.#size = size;
  }

  /** The value of a key; makes one if there is none. */
  get(key: K, make: () => V): V {
    const value = this.#entries.get(key) ?? make();
    // Maps keep the order of insertion: the last one is the one used last.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#size) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return value;
  }
}
