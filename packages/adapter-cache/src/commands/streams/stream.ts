import { MechaError } from "@mecha/spec";
import type { StreamEntry, StreamPart, StreamValue } from "../../documents/stream-value.js";
import type { Entry, Value } from "../../documents/document.js";
import type { Keyspace } from "../../engine/keyspace.js";
import type { Reply } from "../../resp/reply.js";
import { maxId, showId } from "./stream-id.js";

/** How many entries a document of a stream holds before they become a part: enough to keep the list of parts short. */
const partEntries = 300;

/** How many bytes they have at most, about. */
const partBytes = 64 * 1024;

/** Which entries, and in which direction. */
export interface EntryRange {
  /** @defaultValue the first */
  readonly start?: bigint;
  /** @defaultValue the last */
  readonly stop?: bigint;
  readonly reverse?: boolean;
}

/** The entries of a stream, wherever they are kept. Ranges read only the parts that they touch. */
export class Stream {
  readonly value: StreamValue;
  readonly #keyspace: Keyspace;
  readonly #key: Buffer;

  constructor(keyspace: Keyspace, key: Buffer, value: StreamValue) {
    this.#keyspace = keyspace;
    this.#key = key;
    this.value = value;
  }

  get length(): number {
    return this.value.parts.reduce((sum, { count }) => sum + count, this.value.tail.length);
  }

  /** The id of the first entry; 0 if there is none. */
  get firstId(): bigint {
    return this.value.parts[0]?.first ?? this.value.tail[0]?.id ?? 0n;
  }

  /** The id of the last entry that is still there; 0 if there is none. */
  get topId(): bigint {
    return this.value.tail.at(-1)?.id ?? this.value.parts.at(-1)?.last ?? 0n;
  }

  *entries({ start = 0n, stop = maxId, reverse = false }: EntryRange = {}): Generator<StreamEntry> {
    const within = ({ id }: StreamEntry): boolean => id >= start && id <= stop;
    const { parts, tail } = this.value;
    const touched = parts.filter(({ first, last }) => last >= start && first <= stop);
    if (reverse) yield* tail.filter(within).reverse();
    for (const part of reverse ? touched.reverse() : touched) {
      const found = this.#read(part).filter(within);
      yield* reverse ? found.reverse() : found;
    }
    if (!reverse) yield* tail.filter(within);
  }

  /** Up to so many entries; 0 means all. */
  range(range: EntryRange, count: number): StreamEntry[] {
    const found: StreamEntry[] = [];
    for (const entry of this.entries(range)) {
      found.push(entry);
      if (found.length === count) break;
    }
    return found;
  }

  find(id: bigint): StreamEntry | undefined {
    return this.range({ start: id, stop: id }, 1)[0];
  }

  /** Adds an entry with the highest id so far. */
  append(entry: StreamEntry): void {
    const { value } = this;
    value.tail.push(entry);
    value.lastId = entry.id;
    value.added++;
    const first = value.tail[0];
    if (first === undefined || !this.#keyspace.splits || !isFull(value.tail)) return;
    const name = this.#keyspace.createPart(this.#key, { type: "stream-part", entries: value.tail });
    value.parts.push({ name, first: first.id, last: entry.id, count: value.tail.length });
    value.tail = [];
  }

  /** Removes an entry; says whether it was there. */
  remove(id: bigint): boolean {
    const part = this.value.parts.find(({ first, last }) => first <= id && id <= last);
    const entries = part === undefined ? this.value.tail : this.#read(part);
    const index = entries.findIndex((entry) => entry.id === id);
    if (index < 0) return false;
    entries.splice(index, 1);
    if (part !== undefined) this.#keep(part, entries);
    return true;
  }

  /** Removes the first entries. */
  shift(amount: number): void {
    let left = amount;
    for (const part of [...this.value.parts]) {
      if (left === 0) return;
      const taken = Math.min(left, part.count);
      left -= taken;
      this.#keep(part, taken === part.count ? [] : this.#read(part).slice(taken));
    }
    this.value.tail.splice(0, left);
  }

  /** Stores the stream as it is now. */
  save(): void {
    this.#keyspace.update(this.#key, this.value);
  }

  #read({ name }: StreamPart): StreamEntry[] {
    const part = this.#keyspace.part(name);
    if (part?.type !== "stream-part") throw new MechaError("DATA_LOSS", "Entries of a stream are not in the store");
    return part.entries;
  }

  #keep(part: StreamPart, entries: StreamEntry[]): void {
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) {
      this.value.parts.splice(this.value.parts.indexOf(part), 1);
      this.#keyspace.replacePart(this.#key, part.name, undefined);
      return;
    }
    Object.assign(part, { first: first.id, last: last.id, count: entries.length });
    this.#keyspace.replacePart(this.#key, part.name, { type: "stream-part", entries });
  }
}

/** The stream of a key; `undefined` if the key is absent. */
export function readStream(keyspace: Keyspace, key: Buffer): Stream | undefined {
  const value = keyspace.typed(key, "stream");
  return value && new Stream(keyspace, key, value);
}

/** A stream without entries, which is stored once it is saved. */
export function newStream(keyspace: Keyspace, key: Buffer): Stream {
  const empty = { lastId: 0n, maxDeletedId: 0n, added: 0n };
  return new Stream(keyspace, key, { type: "stream", ...empty, parts: [], tail: [], groups: new Map() });
}

/** A value that can be copied: with all that is kept in other documents. */
export function inOneDocument(keyspace: Keyspace, key: Buffer, value: Value): Value {
  if (value.type !== "stream" || value.parts.length === 0) return value;
  return { ...value, parts: [], tail: new Stream(keyspace, key, value).range({}, 0) };
}

/** Stores a value that is in one piece; the older entries of a long stream get documents of their own again. */
export function replaceWhole(keyspace: Keyspace, key: Buffer, { value, expireAtMs }: Entry): void {
  if (value.type !== "stream") {
    keyspace.replace(key, value, expireAtMs);
    return;
  }
  const { tail, lastId, added } = value;
  const stream = new Stream(keyspace, key, { ...value, tail: [] });
  keyspace.replace(key, stream.value, expireAtMs);
  for (const entry of tail) stream.append(entry);
  Object.assign(stream.value, { lastId, added });
  stream.save();
}

/** An entry as clients get it. */
export function showEntry({ id, fields }: StreamEntry): Reply {
  return [showId(id), fields];
}

function isFull(entries: readonly StreamEntry[]): boolean {
  if (entries.length >= partEntries) return true;
  // The bytes are counted only now and then: entries of a stream are alike.
  if (entries.length % 16 !== 0) return false;
  return (
    entries.reduce((sum, { fields }) => sum + fields.reduce((size, { length }) => size + length, 16), 0) >= partBytes
  );
}
