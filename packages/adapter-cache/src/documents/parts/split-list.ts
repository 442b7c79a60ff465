import type { ListValue } from "../document.js";
import type { DocumentReader } from "../document-reader.js";
import type { DocumentWriter } from "../document-writer.js";
import { ItemArray, type ListItems } from "../list-items.js";
import { Chunks, type Directory } from "./chunks.js";
import type { ItemLayout } from "./packed-items.js";
import { partsEnd } from "./part-expiry.js";
import type { PartStore, SplitParts } from "./part-store.js";

const lengthBytes = 4;

/** An item after its length. */
const layout: ItemLayout<Buffer> = {
  end: (bytes, start) => start + lengthBytes + bytes.readUInt32BE(start),
  read: (bytes, start) => bytes.subarray(start + lengthBytes, layout.end(bytes, start)),
  encode(item) {
    const length = Buffer.allocUnsafe(lengthBytes);
    length.writeUInt32BE(item.length);
    return Buffer.concat([length, item]);
  },
};

/** A list of which every part holds some items. */
export class SplitList implements SplitParts, ListItems {
  readonly value: ListValue;
  readonly #parts: PartStore;
  readonly #directory: Directory;
  readonly #chunks: Chunks<Buffer>;
  #until: number | undefined;

  /** @param until - when the parts end by themselves; `undefined` for never */
  constructor(directory: Directory, parts: PartStore, until?: number) {
    this.#parts = parts;
    this.#directory = directory;
    this.#chunks = new Chunks(directory, parts, layout);
    this.#until = until;
    this.value = { type: "list", items: this, split: this };
  }

  /** Makes one of a list in one piece. */
  static of({ items }: ListValue, id: string, parts: PartStore): SplitList {
    const split = new SplitList({ id, parts: [], counts: [], columns: [] }, parts);
    split.addRight([...items]);
    return split;
  }

  static read(reader: DocumentReader, parts: PartStore): SplitList {
    const [id, until] = [reader.text(), reader.double()];
    const directory = { id, parts: reader.counts(), counts: reader.counts(), columns: [] };
    return new SplitList(directory, parts, until === 0 ? undefined : until);
  }

  write(writer: DocumentWriter): void {
    const { id, parts, counts } = this.#directory;
    writer.text(id);
    writer.double(this.#until ?? 0);
    writer.counts(parts);
    writer.counts(counts);
  }

  get length(): number {
    return this.#chunks.length;
  }

  get isSmall(): boolean {
    // One part is never more than one document should be.
    return this.length <= this.#parts.limits.wholeMembers / 2 && this.#chunks.size <= 1;
  }

  names(): readonly string[] {
    return this.#chunks.names();
  }

  at(index: number): Buffer | undefined {
    return this.slice(index, index + 1)[0];
  }

  slice(start: number, stop: number): Buffer[] {
    return this.#chunks.slice(start, stop);
  }

  set(index: number, item: Buffer): void {
    const { place, start } = this.#chunks.find(index);
    this.#chunks.edit(place, (items) => items.splice(index - start, 1, [item]));
    this.#chunks.divide(place);
  }

  insert(index: number, item: Buffer): void {
    const { place, start } = this.#chunks.find(index);
    this.#chunks.edit(place, (items) => items.splice(index - start, 0, [item]));
    this.#chunks.divide(place);
  }

  remove(index: number): void {
    const { place, start } = this.#chunks.find(index);
    this.#chunks.edit(place, (items) => items.splice(index - start, 1));
    this.#chunks.tidy(place);
  }

  addLeft(items: readonly Buffer[]): void {
    for (const item of [...items].reverse()) {
      if (this.#isFull(0)) this.#chunks.add(0, [item]);
      else this.#chunks.edit(0, (held) => held.splice(0, 0, [item]));
    }
  }

  addRight(items: readonly Buffer[]): void {
    for (const item of items) {
      const last = this.#chunks.size - 1;
      if (this.#isFull(last)) this.#chunks.add(last + 1, [item]);
      else this.#chunks.edit(last, (held) => held.splice(held.length, 0, [item]));
    }
  }

  takeLeft(count: number): Buffer[] {
    const taken = this.slice(0, count);
    this.#cut("left", taken.length);
    return taken;
  }

  takeRight(count: number): Buffer[] {
    const taken = this.slice(this.length - Math.min(count, this.length), this.length);
    this.#cut("right", taken.length);
    return taken.reverse();
  }

  keep(start: number, stop: number): void {
    this.#cut("right", this.length - Math.max(start, Math.min(stop, this.length)));
    this.#cut("left", start);
  }

  *[Symbol.iterator](): Generator<Buffer> {
    yield* this.#chunks.all();
  }

  join(): ListValue {
    return { type: "list", items: new ItemArray(this.#chunks.all()) };
  }

  save(expireAtMs: number | undefined, now: number): void {
    const until = partsEnd(this.#until, expireAtMs, now);
    this.#chunks.save(until, until !== this.#until);
    this.#until = until;
  }

  /** Removes items at one end: parts that go as a whole are not read. */
  #cut(end: "left" | "right", amount: number): void {
    for (let left = Math.min(amount, this.length); left > 0; ) {
      const place = end === "left" ? 0 : this.#chunks.size - 1;
      const count = Math.min(left, this.#chunks.count(place));
      left -= count;
      if (count === this.#chunks.count(place)) this.#chunks.drop(place);
      else this.#chunks.edit(place, (items) => items.splice(end === "left" ? 0 : items.length - count, count));
    }
  }

  #isFull(place: number): boolean {
    if (place < 0 || place >= this.#chunks.size || this.#chunks.isFull(place)) return true;
    // What is full by its number alone need not be read; its bytes are known only then.
    if (!this.#chunks.isLoaded(place)) this.#chunks.items(place);
    return this.#chunks.isFull(place);
  }
}
