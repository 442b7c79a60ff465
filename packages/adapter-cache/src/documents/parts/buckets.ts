import { MechaError } from "@mecha/spec";
import type { Value } from "../document.js";
import type { MemberPage, PartStore } from "./part-store.js";

/** What the parts of a kind of value are. */
export interface BucketKind<B extends Value> {
  readonly type: B["type"];
  empty(): B;
  members(bucket: B): Iterable<string>;
  /** Takes a member from one part to another. */
  move(member: string, from: B, to: B): void;
}

/** How many parts a shrinking value gives up at once, at least. */
const mergesAtOnce = 4;

/**
 * Members spread over parts by their hash. There is no directory: the number of parts says in which one a member is, and
 * one more or less concerns two parts only (linear hashing).
 */
export class Buckets<B extends Value> {
  readonly id: string;
  readonly #parts: PartStore;
  readonly #kind: BucketKind<B>;
  readonly #loaded = new Map<number, B>();
  readonly #changed = new Set<number>();
  #count: number;

  /** @param place - the name that all parts have in common, and how many there are: none for members that are still to come */
  constructor(place: { readonly id: string; readonly count: number }, parts: PartStore, kind: BucketKind<B>) {
    this.id = place.id;
    this.#count = Math.max(1, place.count);
    this.#parts = parts;
    this.#kind = kind;
    if (place.count === 0) this.#loaded.set(0, kind.empty());
  }

  /** How many parts there are. */
  get count(): number {
    return this.#count;
  }

  /** The part in which a member is, if it is anywhere. */
  of(member: string): B {
    return this.#load(this.#indexOf(member));
  }

  /** Says that the part of a member was changed. */
  touch(member: string): void {
    this.#changed.add(this.#indexOf(member));
  }

  /** The names of the parts of members. */
  namesOf(members: readonly string[]): string[] {
    return this.#unread(new Set(members.map((member) => this.#indexOf(member))));
  }

  /** Every part. */
  all(): B[] {
    const indexes = this.#indexes();
    this.#parts.gather(this.#unread(indexes));
    return indexes.map((index) => this.#load(index));
  }

  /** The members of some parts from a position on: that of a member is its hash, read backwards, and parts follow each other in that order. */
  page(position: number, parts: number): MemberPage {
    const indexes: number[] = [];
    let at = position;
    while (at < positions && indexes.length < parts) {
      const index = this.#indexOfHash(reversed(at));
      indexes.push(index);
      at = this.#endOf(index);
    }
    this.#parts.gather(this.#unread(indexes));
    const members = indexes.flatMap((index) => [...this.#kind.members(this.#load(index))]);
    // A part may have been put together since with one that was seen before.
    const fresh = members.filter((member) => reversed(hashOf(member)) >= position);
    return { members: fresh, next: at < positions ? at : 0 };
  }

  names(): string[] {
    return this.#indexes().map((index) => this.#name(index));
  }

  /** Spreads the members over more parts, or step by step over fewer. */
  fit(count: number): void {
    if (count > this.#count) this.#grow(count);
    else if (count * 4 < this.#count) this.#shrink(Math.max(count, 1));
  }

  /** Has what was changed written; every part if `all`. */
  save(expireAtMs: number | undefined, all: boolean): void {
    if (all) this.all();
    for (const index of all ? this.#indexes() : this.#changed) this.#write(index, expireAtMs);
    this.#changed.clear();
  }

  #write(index: number, expireAtMs: number | undefined): void {
    const bucket = this.#load(index);
    const isEmpty = this.#kind.members(bucket)[Symbol.iterator]().next().done === true;
    this.#parts.write(this.#name(index), isEmpty ? undefined : bucket, expireAtMs);
  }

  #grow(count: number): void {
    const first = this.#count;
    const sources = Array.from({ length: count - first }, (_, index) => parentOf(first + index));
    this.#parts.gather(this.#unread(new Set(sources.filter((index) => index < first))));
    for (let index = first; index < count; index++) {
      const source = this.#load(parentOf(index));
      const added = this.#kind.empty();
      this.#loaded.set(index, added);
      this.#count = index + 1;
      for (const member of [...this.#kind.members(source)]) {
        if (this.#indexOf(member) === index) this.#kind.move(member, source, added);
      }
      this.#changed.add(index).add(parentOf(index));
    }
  }

  #shrink(count: number): void {
    const last = Math.max(count, this.#count - Math.max(mergesAtOnce, this.#changed.size * 2));
    const concerned = Array.from({ length: this.#count - last }, (_, index) => last + index);
    this.#parts.gather(this.#unread(new Set(concerned.flatMap((index) => [index, parentOf(index)]))));
    while (this.#count > last) {
      const index = this.#count - 1;
      const [source, target] = [this.#load(index), this.#load(parentOf(index))];
      for (const member of [...this.#kind.members(source)]) this.#kind.move(member, source, target);
      this.#changed.add(parentOf(index)).delete(index);
      this.#loaded.delete(index);
      this.#parts.write(this.#name(index), undefined, undefined);
      this.#count = index;
    }
  }

  #load(index: number): B {
    const loaded = this.#loaded.get(index);
    if (loaded !== undefined) return loaded;
    if (this.#parts.eager) this.#parts.gather(this.#unread(this.#indexes()));
    const value = this.#parts.read(this.#name(index));
    if (value !== undefined && value.type !== this.#kind.type) {
      throw new MechaError("DATA_LOSS", `A part of a ${this.#kind.type} in the cache holds something else`);
    }
    // The type was compared just now; the compiler does not narrow by a type parameter.
    const bucket = (value as B | undefined) ?? this.#kind.empty();
    this.#loaded.set(index, bucket);
    return bucket;
  }

  #unread(indexes: Iterable<number>): string[] {
    return [...indexes].filter((index) => !this.#loaded.has(index)).map((index) => this.#name(index));
  }

  #indexes(): number[] {
    return Array.from({ length: this.#count }, (_, index) => index);
  }

  #name(index: number): string {
    return `${this.id}:${String(index)}`;
  }

  #indexOf(member: string): number {
    return this.#indexOfHash(hashOf(member));
  }

  /** The position after the last that a member of a part can have. */
  #endOf(index: number): number {
    const half = highestPower(this.#count);
    // Parts that were not cut in two yet since their number last doubled are twice as wide.
    const width = index >= half || index + half < this.#count ? positions / (half * 2) : positions / half;
    return reversed(index) + width;
  }

  #indexOfHash(hash: number): number {
    const half = highestPower(this.#count);
    const index = hash & (half * 2 - 1);
    return index < this.#count ? index : index & (half - 1);
  }
}

/** The part from which another one was made. */
function parentOf(index: number): number {
  return index - highestPower(index);
}

/** The highest power of two that is not above a number of at least 1. */
function highestPower(value: number): number {
  return 2 ** (31 - Math.clz32(value));
}

/** How many positions there are. */
const positions = 2 ** 32;

/** The bits of a number of 32 bits, the last one first. */
function reversed(value: number): number {
  let bits = value;
  bits = ((bits >>> 1) & 0x55555555) | ((bits & 0x55555555) << 1);
  bits = ((bits >>> 2) & 0x33333333) | ((bits & 0x33333333) << 2);
  bits = ((bits >>> 4) & 0x0f0f0f0f) | ((bits & 0x0f0f0f0f) << 4);
  bits = ((bits >>> 8) & 0x00ff00ff) | ((bits & 0x00ff00ff) << 8);
  return ((bits >>> 16) | (bits << 16)) >>> 0;
}

function hashOf(member: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < member.length; index++) hash = Math.imul(hash ^ member.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
