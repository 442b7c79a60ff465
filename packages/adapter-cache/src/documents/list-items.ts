/** The items of a list: an array, or one of which only what is looked at is read. Positions are counted from 0. */
export interface ListItems extends Iterable<Buffer> {
  readonly length: number;
  at(index: number): Buffer | undefined;
  /** Items from one position to before another; both may lie outside. */
  slice(start: number, stop: number): Buffer[];
  /** Replaces the item at a position that is there. */
  set(index: number, item: Buffer): void;
  /** Puts an item before the one at a position, or behind the last. */
  insert(index: number, item: Buffer): void;
  remove(index: number): void;
  /** Adds items at the left; the first of them becomes the first. */
  addLeft(items: readonly Buffer[]): void;
  addRight(items: readonly Buffer[]): void;
  /** Takes items from the left, as many as there are at most. */
  takeLeft(count: number): Buffer[];
  /** Takes items from the right; the last comes first. */
  takeRight(count: number): Buffer[];
  /** Removes all but those from one position to before another. */
  keep(start: number, stop: number): void;
}

/** Items in an array. */
export class ItemArray implements ListItems {
  readonly #items: Buffer[];

  /** @param items - used as it is, not copied */
  constructor(items: Buffer[] = []) {
    this.#items = items;
  }

  get length(): number {
    return this.#items.length;
  }

  at(index: number): Buffer | undefined {
    return this.#items[index];
  }

  slice(start: number, stop: number): Buffer[] {
    return this.#items.slice(Math.max(0, start), Math.max(0, stop));
  }

  set(index: number, item: Buffer): void {
    this.#items[index] = item;
  }

  insert(index: number, item: Buffer): void {
    this.#items.splice(index, 0, item);
  }

  remove(index: number): void {
    this.#items.splice(index, 1);
  }

  addLeft(items: readonly Buffer[]): void {
    this.#items.unshift(...items);
  }

  addRight(items: readonly Buffer[]): void {
    this.#items.push(...items);
  }

  takeLeft(count: number): Buffer[] {
    return this.#items.splice(0, count);
  }

  takeRight(count: number): Buffer[] {
    return this.#items.splice(Math.max(0, this.#items.length - count)).reverse();
  }

  keep(start: number, stop: number): void {
    this.#items.splice(Math.max(start, stop));
    this.#items.splice(0, start);
  }

  [Symbol.iterator](): Iterator<Buffer> {
    return this.#items[Symbol.iterator]();
  }
}
