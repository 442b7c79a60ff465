import { MechaError } from "@mecha/spec";
import { PackedItems, type ItemLayout } from "./packed-items.js";
import type { PartStore } from "./part-store.js";

/** Where the parts of a value in order are: one number each in lists of the same length, which are quick to read and write. */
export interface Directory {
  /** Begins the names of all parts. */
  readonly id: string;
  /** Tells a part from the others. */
  readonly parts: number[];
  /** How many items a part has. */
  readonly counts: number[];
  /** What else is known of each part, in lists of the same length. */
  readonly columns: readonly unknown[][];
}

interface Loaded<T> {
  readonly items: PackedItems<T>;
  isChanged: boolean;
}

/**
 * Items in order, cut into parts; the directory says how many each has. Parts grow with the square root of the whole, so
 * that neither they nor the directory are ever long. A part is named by its place in the directory.
 */
export class Chunks<T> {
  readonly #directory: Directory;
  readonly #store: PartStore;
  readonly #layout: ItemLayout<T>;
  /** What was looked at, by the number of the part. */
  readonly #loaded = new Map<number, Loaded<T>>();
  #length: number;

  constructor(directory: Directory, store: PartStore, layout: ItemLayout<T>) {
    this.#directory = directory;
    this.#store = store;
    this.#layout = layout;
    this.#length = directory.counts.reduce((sum, count) => sum + count, 0);
  }

  /** How many items there are. */
  get length(): number {
    return this.#length;
  }

  /** How many parts there are. */
  get size(): number {
    return this.#directory.parts.length;
  }

  /** How many items a part should have if there were so many. */
  capacityFor(length: number): number {
    return Math.max(this.#store.limits.chunkItems, Math.ceil(Math.sqrt(length) / 2));
  }

  names(): string[] {
    return this.#directory.parts.map((part) => this.#name(part));
  }

  /** The names of some parts that were not looked at. */
  unread(places: Iterable<number>): string[] {
    const parts = [...places].flatMap((place) => this.#directory.parts[place] ?? []);
    return parts.filter((part) => !this.#loaded.has(part)).map((part) => this.#name(part));
  }

  isLoaded(place: number): boolean {
    return this.#loaded.has(this.#part(place));
  }

  count(place: number): number {
    return this.#directory.counts[place] ?? 0;
  }

  /** The items of a part; to be changed by `edit` only. */
  items(place: number): PackedItems<T> {
    return this.#load(place).items;
  }

  /** The part with the item at a position, and where it begins; the last one for the position behind all. */
  find(index: number): { readonly place: number; readonly start: number } {
    const { counts } = this.#directory;
    let start = 0;
    let place = 0;
    for (; place < counts.length - 1; place++) {
      const count = counts[place] ?? 0;
      if (index < start + count) break;
      start += count;
    }
    return { place, start };
  }

  /** How many items are in the parts before one. */
  before(place: number): number {
    let sum = 0;
    for (let index = 0; index < place; index++) sum += this.#directory.counts[index] ?? 0;
    return sum;
  }

  /** Items from one position to before another. */
  slice(from: number, to: number): T[] {
    const [first, stop] = [Math.max(0, from), Math.min(to, this.#length)];
    if (first >= stop) return [];
    const { place, start } = this.find(first);
    const touched: number[] = [];
    for (let end = start, next = place; end < stop && next < this.size; next++) {
      touched.push(next);
      end += this.count(next);
    }
    this.#store.gather(this.unread(touched));
    let begin = start;
    return touched.flatMap((each) => {
      const at = begin;
      begin += this.count(each);
      return this.items(each).slice(Math.max(0, first - at), stop - at);
    });
  }

  /** Every item. */
  all(): T[] {
    return this.slice(0, this.#length);
  }

  /** Changes the items of a part. */
  edit(place: number, change: (items: PackedItems<T>) => void): void {
    const loaded = this.#load(place);
    change(loaded.items);
    loaded.isChanged = true;
    this.#length += loaded.items.length - this.count(place);
    this.#directory.counts[place] = loaded.items.length;
  }

  /** Adds a part with items; what is known of it besides goes into the columns. */
  add(place: number, items: readonly T[], details: readonly unknown[] = []): void {
    this.#add(place, PackedItems.of(this.#layout, items), details);
  }

  #add(place: number, items: PackedItems<T>, details: readonly unknown[]): void {
    const { parts, counts, columns } = this.#directory;
    const part = parts.reduce((highest, each) => Math.max(highest, each), 0) + 1;
    parts.splice(place, 0, part);
    counts.splice(place, 0, items.length);
    for (const [index, column] of columns.entries()) column.splice(place, 0, details[index]);
    this.#loaded.set(part, { items, isChanged: true });
    this.#length += items.length;
  }

  /** Removes a part. */
  drop(place: number): void {
    const part = this.#part(place);
    const { parts, counts, columns } = this.#directory;
    this.#length -= this.count(place);
    for (const column of [parts, counts, ...columns]) column.splice(place, 1);
    this.#loaded.delete(part);
    this.#store.write(this.#name(part), undefined, undefined);
  }

  /** Whether a part holds so many items, or bytes as far as they were looked at, that nothing should be added. */
  isFull(place: number, factor = 1): boolean {
    const count = this.count(place);
    if (count >= this.capacityFor(this.#length) * factor) return true;
    const bytes = this.#loaded.get(this.#part(place))?.items.bytes.length ?? 0;
    return count > 1 && bytes >= this.#store.limits.partBytes * factor;
  }

  /** Cuts a part in two, if it is far too large; where the second begins is what `detail` finds. */
  divide(place: number, detail: (last: T | undefined, first: T | undefined) => readonly unknown[] = () => []): void {
    if (!this.isFull(place, 2)) return;
    const middle = Math.ceil(this.count(place) / 2);
    const [last, first] = this.items(place).slice(middle - 1, middle + 1);
    const moved = this.items(place).cut(middle);
    this.edit(place, () => undefined);
    this.#add(place + 1, moved, detail(last, first));
  }

  /** Drops a part that has become empty, and puts one that has become small together with a small one next to it. */
  tidy(place: number): void {
    if (this.count(place) === 0) {
      this.drop(place);
      return;
    }
    const small = this.capacityFor(this.#length) / 4;
    const isSmall = (each: number): boolean => each >= 0 && each < this.size && this.count(each) < small;
    const left = isSmall(place + 1) ? place : place - 1;
    if (!isSmall(left) || !isSmall(left + 1)) return;
    this.#store.gather(this.unread([left, left + 1]));
    const moved = this.items(left + 1);
    if (this.items(left).bytes.length + moved.bytes.length >= this.#store.limits.partBytes) return;
    this.drop(left + 1);
    this.edit(left, (items) => items.append(moved));
  }

  /** Has what was changed written; every part if `all`. */
  save(expireAtMs: number | undefined, all: boolean): void {
    if (all) this.all();
    for (const [part, loaded] of this.#loaded) {
      if (!all && !loaded.isChanged) continue;
      this.#store.write(this.#name(part), { type: "packed-part", packed: loaded.items }, expireAtMs);
      loaded.isChanged = false;
    }
  }

  #load(place: number): Loaded<T> {
    const part = this.#part(place);
    const known = this.#loaded.get(part);
    if (known !== undefined) return known;
    if (this.#store.eager) this.#store.gather(this.unread(this.#directory.parts.keys()));
    const value = this.#store.read(this.#name(part));
    if (value?.type !== "packed-part" || value.packed.length !== this.count(place)) {
      throw new MechaError("DATA_LOSS", "A part of a value in the cache is not in the store as it should be");
    }
    const loaded = { items: new PackedItems(this.#layout, value.packed), isChanged: false };
    this.#loaded.set(part, loaded);
    return loaded;
  }

  #part(place: number): number {
    return this.#directory.parts[place] ?? 0;
  }

  #name(part: number): string {
    return `${this.#directory.id}:c${String(part)}`;
  }
}
