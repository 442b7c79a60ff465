/** How items stand in bytes, one after the other. */
export interface ItemLayout<T> {
  /** Where the item ends that begins at a place. */
  end(bytes: Buffer, start: number): number;
  read(bytes: Buffer, start: number): T;
  encode(item: T): Buffer;
}

/** Items kept as the bytes in which they are stored: to look at one, or to change one, the others need not be decoded. */
export class PackedItems<T> {
  readonly #layout: ItemLayout<T>;
  #bytes: Buffer;
  #length: number;

  constructor(layout: ItemLayout<T>, packed: { readonly bytes: Buffer; readonly length: number }) {
    this.#layout = layout;
    this.#bytes = packed.bytes;
    this.#length = packed.length;
  }

  static of<T>(layout: ItemLayout<T>, items: readonly T[]): PackedItems<T> {
    return new PackedItems(layout, {
      bytes: Buffer.concat(items.map((item) => layout.encode(item))),
      length: items.length,
    });
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  slice(start: number, stop: number): T[] {
    const items: T[] = [];
    let at = this.#offsetOf(start);
    for (let index = start; index < Math.min(stop, this.#length); index++) {
      items.push(this.#layout.read(this.#bytes, at));
      at = this.#layout.end(this.#bytes, at);
    }
    return items;
  }

  /** Removes items at a position, and puts others there. */
  splice(start: number, removed: number, added: readonly T[] = []): void {
    const from = this.#offsetOf(start);
    const to = removed >= this.#length - start ? this.#bytes.length : this.#offsetOf(start + removed);
    const encoded = added.map((item) => this.#layout.encode(item));
    this.#bytes = Buffer.concat([this.#bytes.subarray(0, from), ...encoded, this.#bytes.subarray(to)]);
    this.#length += added.length - Math.min(removed, this.#length - start);
  }

  /** Takes the items from a position on into a list of their own. */
  cut(start: number): PackedItems<T> {
    const at = this.#offsetOf(start);
    const rest = { bytes: this.#bytes.subarray(at), length: this.#length - start };
    this.#bytes = this.#bytes.subarray(0, at);
    this.#length = start;
    return new PackedItems(this.#layout, rest);
  }

  /** Adds the items of another list. */
  append(other: PackedItems<T>): void {
    this.#bytes = Buffer.concat([this.#bytes, other.bytes]);
    this.#length += other.length;
  }

  /** The position of the first item for which something is true, the length if it is true for none. */
  findIndex(isFound: (bytes: Buffer, start: number) => boolean): number {
    let at = 0;
    for (let index = 0; index < this.#length; index++) {
      if (isFound(this.#bytes, at)) return index;
      at = this.#layout.end(this.#bytes, at);
    }
    return this.#length;
  }

  #offsetOf(position: number): number {
    if (position >= this.#length) return this.#bytes.length;
    let at = 0;
    for (let index = 0; index < position; index++) at = this.#layout.end(this.#bytes, at);
    return at;
  }
}
