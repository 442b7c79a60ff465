import type { SetValue } from "../document.js";
import type { DocumentReader } from "../document-reader.js";
import type { DocumentWriter } from "../document-writer.js";
import type { MemberSet } from "../members.js";
import { Buckets, type BucketKind } from "./buckets.js";
import { bucketsFor, isLight, memberOverhead, type Weight } from "./member-weight.js";
import { partsEnd } from "./part-expiry.js";
import type { MemberPage, PartStore, SplitParts } from "./part-store.js";

/** What the document of a split set holds. */
interface SetRoot extends Weight {
  readonly id: string;
  readonly buckets: number;
  /** When the parts end by themselves; `undefined` for never. */
  until: number | undefined;
}

const kind: BucketKind<SetValue> = {
  type: "set",
  empty: () => ({ type: "set", members: new Set() }),
  members: ({ members }) => members,
  move(member, from, to) {
    from.members.delete(member);
    to.members.add(member);
  },
};

/** A set of which every part holds some members. */
export class SplitSet implements SplitParts, MemberSet {
  readonly value: SetValue;
  readonly #parts: PartStore;
  readonly #buckets: Buckets<SetValue>;
  readonly #root: SetRoot;

  constructor(root: SetRoot, parts: PartStore) {
    this.#root = root;
    this.#parts = parts;
    this.#buckets = new Buckets({ id: root.id, count: root.buckets }, parts, kind);
    this.value = { type: "set", members: this, split: this };
  }

  /** Makes one of a set in one piece. */
  static of({ members }: SetValue, id: string, parts: PartStore): SplitSet {
    const split = new SplitSet({ count: 0, bytes: 0, id, buckets: 0, until: undefined }, parts);
    for (const member of members) split.add(member);
    return split;
  }

  static read(reader: DocumentReader, parts: PartStore): SplitSet {
    const [id, buckets, count, bytes] = [reader.text(), reader.count(), reader.count(), reader.double()];
    const until = reader.double();
    return new SplitSet({ id, buckets, count, bytes, until: until === 0 ? undefined : until }, parts);
  }

  write(writer: DocumentWriter): void {
    const { id, count, bytes, until } = this.#root;
    writer.text(id);
    writer.count(this.#buckets.count);
    writer.count(count);
    writer.double(bytes);
    writer.double(until ?? 0);
  }

  get size(): number {
    return this.#root.count;
  }

  get isSmall(): boolean {
    return isLight(this.#root, this.#parts);
  }

  names(): readonly string[] {
    return this.#buckets.names();
  }

  has(member: string): boolean {
    return this.#buckets.of(member).members.has(member);
  }

  add(member: string): void {
    const { members } = this.#buckets.of(member);
    if (members.has(member)) return;
    members.add(member);
    this.#buckets.touch(member);
    this.#root.count++;
    this.#root.bytes += member.length + memberOverhead;
  }

  delete(member: string): boolean {
    if (!this.#buckets.of(member).members.delete(member)) return false;
    this.#buckets.touch(member);
    this.#root.count--;
    this.#root.bytes -= member.length + memberOverhead;
    return true;
  }

  gather(members: readonly string[]): void {
    this.#parts.gather(this.#buckets.namesOf(members));
  }

  *[Symbol.iterator](): Generator<string> {
    for (const { members } of this.#buckets.all()) yield* members;
  }

  page(position: number, count: number): MemberPage {
    return this.#buckets.page(position, Math.ceil((count * this.#buckets.count) / Math.max(1, this.#root.count)));
  }

  join(): SetValue {
    return { type: "set", members: new Set(this) };
  }

  save(expireAtMs: number | undefined, now: number): void {
    this.#buckets.fit(bucketsFor(this.#root, this.#parts));
    const until = partsEnd(this.#root.until, expireAtMs, now);
    this.#buckets.save(until, until !== this.#root.until);
    this.#root.until = until;
  }
}
