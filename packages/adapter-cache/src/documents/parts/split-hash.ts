import type { HashValue } from "../document.js";
import type { DocumentReader } from "../document-reader.js";
import type { DocumentWriter } from "../document-writer.js";
import type { MemberMap } from "../members.js";
import { Buckets, type BucketKind } from "./buckets.js";
import { bucketsFor, isLight, memberOverhead, type Weight } from "./member-weight.js";
import { partsEnd } from "./part-expiry.js";
import type { MemberPage, PartStore, SplitParts } from "./part-store.js";

/** What the document of a split hash holds. */
interface HashRoot extends Weight {
  readonly id: string;
  readonly buckets: number;
  /** When the parts end by themselves; `undefined` for never. */
  until: number | undefined;
  /** How many fields end by themselves. */
  ending: number;
  /** No field ends before, and none after, in milliseconds since 1970. */
  firstEndMs: number;
  lastEndMs: number;
}

const kind: BucketKind<HashValue> = {
  type: "hash",
  empty: () => ({ type: "hash", fields: new Map() }),
  members: ({ fields }) => fields.keys(),
  move(field, from, to) {
    const bytes = from.fields.get(field);
    if (bytes !== undefined) to.fields.set(field, bytes);
    from.fields.delete(field);
    const expireAtMs = from.expiries?.get(field);
    if (expireAtMs === undefined) return;
    from.expiries?.delete(field);
    (to.expiries ??= new Map()).set(field, expireAtMs);
  },
};

/** A hash of which every part holds some fields. */
export class SplitHash implements SplitParts {
  readonly value: HashValue;
  readonly #parts: PartStore;
  readonly #buckets: Buckets<HashValue>;
  readonly #root: HashRoot;

  constructor(root: HashRoot, parts: PartStore) {
    this.#root = root;
    this.#parts = parts;
    this.#buckets = new Buckets({ id: root.id, count: root.buckets }, parts, kind);
    this.value = { type: "hash", fields: new Fields(this), expiries: new Expiries(this), split: this };
  }

  /** Makes one of a hash in one piece. */
  static of({ fields, expiries }: HashValue, id: string, parts: PartStore): SplitHash {
    const weight = { count: 0, bytes: 0, ending: 0, firstEndMs: Infinity, lastEndMs: 0 };
    const split = new SplitHash({ ...weight, id, buckets: 0, until: undefined }, parts);
    for (const [field, bytes] of fields) split.set(field, bytes);
    for (const [field, expireAtMs] of expiries ?? []) split.end(field, expireAtMs);
    return split;
  }

  static read(reader: DocumentReader, parts: PartStore): SplitHash {
    const [id, buckets, count, bytes] = [reader.text(), reader.count(), reader.count(), reader.double()];
    const [until, ending] = [reader.double(), reader.count()];
    const ends = { ending, firstEndMs: reader.double(), lastEndMs: reader.double() };
    return new SplitHash({ id, buckets, count, bytes, until: until === 0 ? undefined : until, ...ends }, parts);
  }

  write(writer: DocumentWriter): void {
    const { id, count, bytes, until, ending, firstEndMs, lastEndMs } = this.#root;
    writer.text(id);
    writer.count(this.#buckets.count);
    writer.count(count);
    for (const number of [bytes, until ?? 0]) writer.double(number);
    writer.count(ending);
    for (const number of [firstEndMs, lastEndMs]) writer.double(number);
  }

  get size(): number {
    return this.#root.count;
  }

  get ending(): number {
    return this.#root.ending;
  }

  /** When its last field has ended, at the latest; `undefined` if some stay. */
  get lastEndMs(): number | undefined {
    return this.#root.ending === this.#root.count ? this.#root.lastEndMs : undefined;
  }

  get isSmall(): boolean {
    return isLight(this.#root, this.#parts);
  }

  names(): readonly string[] {
    return this.#buckets.names();
  }

  gather(fields: readonly string[]): void {
    this.#parts.gather(this.#buckets.namesOf(fields));
  }

  bucketOf(field: string): HashValue {
    return this.#buckets.of(field);
  }

  buckets(): readonly HashValue[] {
    return this.#buckets.all();
  }

  set(field: string, bytes: Buffer): void {
    const { fields } = this.#buckets.of(field);
    const old = fields.get(field);
    fields.set(field, bytes);
    this.#buckets.touch(field);
    if (old === undefined) this.#root.count++;
    this.#root.bytes += bytes.length - (old === undefined ? -field.length - memberOverhead : old.length);
  }

  delete(field: string): boolean {
    const { fields } = this.#buckets.of(field);
    const old = fields.get(field);
    if (old === undefined) return false;
    this.stay(field);
    fields.delete(field);
    this.#buckets.touch(field);
    this.#root.count--;
    this.#root.bytes -= old.length + field.length + memberOverhead;
    return true;
  }

  /** Lets a field end by itself. */
  end(field: string, expireAtMs: number): void {
    const bucket = this.#buckets.of(field);
    const expiries = (bucket.expiries ??= new Map<string, number>());
    if (!expiries.has(field)) this.#root.ending++;
    expiries.set(field, expireAtMs);
    this.#root.firstEndMs = Math.min(this.#root.firstEndMs, expireAtMs);
    this.#root.lastEndMs = Math.max(this.#root.lastEndMs, expireAtMs);
    this.#buckets.touch(field);
  }

  /** Lets a field stay for good; says whether it would have ended. */
  stay(field: string): boolean {
    const bucket = this.#buckets.of(field);
    if (bucket.expiries?.delete(field) !== true) return false;
    if (bucket.expiries.size === 0) delete bucket.expiries;
    this.#root.ending--;
    this.#buckets.touch(field);
    return true;
  }

  /** Takes out what has ended. */
  dropEnded(now: number): void {
    if (this.#root.ending === 0 || now < this.#root.firstEndMs) return;
    let firstEndMs = Infinity;
    for (const { expiries } of this.#buckets.all()) {
      for (const [field, expireAtMs] of [...(expiries ?? [])]) {
        if (expireAtMs <= now) this.delete(field);
        else firstEndMs = Math.min(firstEndMs, expireAtMs);
      }
    }
    this.#root.firstEndMs = firstEndMs;
  }

  page(position: number, count: number): MemberPage {
    return this.#buckets.page(position, Math.ceil((count * this.#buckets.count) / Math.max(1, this.#root.count)));
  }

  join(): HashValue {
    const buckets = this.#buckets.all();
    const fields = new Map(buckets.flatMap((bucket) => [...bucket.fields]));
    const expiries = new Map(buckets.flatMap((bucket) => [...(bucket.expiries ?? [])]));
    return { type: "hash", fields, ...(expiries.size > 0 && { expiries }) };
  }

  save(expireAtMs: number | undefined, now: number): void {
    this.#buckets.fit(bucketsFor(this.#root, this.#parts));
    const until = partsEnd(this.#root.until, expireAtMs, now);
    this.#buckets.save(until, until !== this.#root.until);
    this.#root.until = until;
  }
}

/** Values by field. */
class Fields implements MemberMap<Buffer> {
  readonly #hash: SplitHash;

  constructor(hash: SplitHash) {
    this.#hash = hash;
  }

  get size(): number {
    return this.#hash.size;
  }

  get(field: string): Buffer | undefined {
    return this.#hash.bucketOf(field).fields.get(field);
  }

  has(field: string): boolean {
    return this.#hash.bucketOf(field).fields.has(field);
  }

  set(field: string, bytes: Buffer): void {
    this.#hash.set(field, bytes);
  }

  delete(field: string): boolean {
    return this.#hash.delete(field);
  }

  *keys(): Generator<string> {
    for (const { fields } of this.#hash.buckets()) yield* fields.keys();
  }

  *values(): Generator<Buffer> {
    for (const { fields } of this.#hash.buckets()) yield* fields.values();
  }

  *[Symbol.iterator](): Generator<[string, Buffer]> {
    for (const { fields } of this.#hash.buckets()) yield* fields;
  }

  gather(fields: readonly string[]): void {
    this.#hash.gather(fields);
  }
}

/** When fields end, by field. */
class Expiries implements MemberMap<number> {
  readonly #hash: SplitHash;

  constructor(hash: SplitHash) {
    this.#hash = hash;
  }

  get size(): number {
    return this.#hash.ending;
  }

  get(field: string): number | undefined {
    return this.#hash.bucketOf(field).expiries?.get(field);
  }

  has(field: string): boolean {
    return this.get(field) !== undefined;
  }

  set(field: string, expireAtMs: number): void {
    this.#hash.end(field, expireAtMs);
  }

  delete(field: string): boolean {
    return this.#hash.stay(field);
  }

  *keys(): Generator<string> {
    for (const [field] of this) yield field;
  }

  *values(): Generator<number> {
    for (const [, expireAtMs] of this) yield expireAtMs;
  }

  *[Symbol.iterator](): Generator<[string, number]> {
    for (const { expiries } of this.#hash.buckets()) if (expiries !== undefined) yield* expiries;
  }
}
