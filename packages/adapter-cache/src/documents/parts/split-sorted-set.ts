import type { SortedSetValue } from "../document.js";
import type { DocumentReader } from "../document-reader.js";
import type { DocumentWriter } from "../document-writer.js";
import type { MemberMap, Scored } from "../members.js";
import { Buckets, type BucketKind } from "./buckets.js";
import { bucketsFor, isLight, memberOverhead, type Weight } from "./member-weight.js";
import { partsEnd } from "./part-expiry.js";
import type { MemberPage, PartStore, SplitParts } from "./part-store.js";
import { ScoreOrder } from "./score-order.js";

/** What the document of a split sorted set holds besides the directory of its order. */
interface SortedSetRoot extends Weight {
  readonly id: string;
  readonly buckets: number;
  /** When the parts end by themselves; `undefined` for never. */
  until: number | undefined;
}

const kind: BucketKind<SortedSetValue> = {
  type: "zset",
  empty: () => ({ type: "zset", scores: new Map() }),
  members: ({ scores }) => scores.keys(),
  move(member, from, to) {
    const score = from.scores.get(member);
    if (score !== undefined) to.scores.set(member, score);
    from.scores.delete(member);
  },
};

/** A sorted set in parts of two kinds: scores by member, spread by hash, and members by score, in order. */
export class SplitSortedSet implements SplitParts, MemberMap<number> {
  readonly value: SortedSetValue;
  readonly order: ScoreOrder;
  readonly #parts: PartStore;
  readonly #buckets: Buckets<SortedSetValue>;
  readonly #root: SortedSetRoot;

  constructor(root: SortedSetRoot, parts: PartStore, order: ScoreOrder) {
    this.#root = root;
    this.#parts = parts;
    this.order = order;
    this.#buckets = new Buckets({ id: root.id, count: root.buckets }, parts, kind);
    this.value = { type: "zset", scores: this, order, split: this };
  }

  /** Makes one of members in order. */
  static of(sorted: readonly Scored[], id: string, parts: PartStore): SplitSortedSet {
    const order = new ScoreOrder(id, parts);
    order.fill(sorted);
    const split = new SplitSortedSet({ count: 0, bytes: 0, id, buckets: 0, until: undefined }, parts, order);
    for (const [member, score] of sorted) split.#put(member, score);
    return split;
  }

  static read(reader: DocumentReader, parts: PartStore): SplitSortedSet {
    const [id, buckets, count, bytes] = [reader.text(), reader.count(), reader.count(), reader.double()];
    const until = reader.double();
    const root = { id, buckets, count, bytes, until: until === 0 ? undefined : until };
    return new SplitSortedSet(root, parts, ScoreOrder.read(id, reader, parts));
  }

  write(writer: DocumentWriter): void {
    const { id, count, bytes, until } = this.#root;
    writer.text(id);
    writer.count(this.#buckets.count);
    writer.count(count);
    writer.double(bytes);
    writer.double(until ?? 0);
    this.order.write(writer);
  }

  get size(): number {
    return this.#root.count;
  }

  get isSmall(): boolean {
    return isLight(this.#root, this.#parts);
  }

  names(): readonly string[] {
    return [...this.#buckets.names(), ...this.order.names()];
  }

  get(member: string): number | undefined {
    return this.#buckets.of(member).scores.get(member);
  }

  has(member: string): boolean {
    return this.get(member) !== undefined;
  }

  set(member: string, score: number): void {
    const old = this.get(member);
    if (old === score) return;
    if (old !== undefined) this.order.remove(member, old);
    this.order.insert(member, score);
    this.#put(member, score);
  }

  delete(member: string): boolean {
    const old = this.get(member);
    if (old === undefined) return false;
    this.order.remove(member, old);
    this.#buckets.of(member).scores.delete(member);
    this.#buckets.touch(member);
    this.#root.count--;
    this.#root.bytes -= member.length + memberOverhead;
    return true;
  }

  /**
   * Has the parts read in which members are; with `scored` also those of the order that a change concerns.
   *
   * @param scored - scores that members will have, as far as they are known
   */
  gather(members: readonly string[], scored?: readonly Scored[]): void {
    this.#parts.gather([...this.#buckets.namesOf(members), ...this.order.namesFor(scored ?? [])]);
    if (scored === undefined) return;
    const held = members.flatMap((member): Scored[] => {
      const score = this.get(member);
      return score === undefined ? [] : [[member, score]];
    });
    this.#parts.gather(this.order.namesFor(held));
  }

  *keys(): Generator<string> {
    for (const [member] of this.order.all()) yield member;
  }

  *values(): Generator<number> {
    for (const [, score] of this.order.all()) yield score;
  }

  *[Symbol.iterator](): Generator<[string, number]> {
    for (const [member, score] of this.order.all()) yield [member, score];
  }

  page(position: number, count: number): MemberPage {
    return this.#buckets.page(position, Math.ceil((count * this.#buckets.count) / Math.max(1, this.#root.count)));
  }

  join(): SortedSetValue {
    return { type: "zset", scores: new Map(this) };
  }

  save(expireAtMs: number | undefined, now: number): void {
    this.#buckets.fit(bucketsFor(this.#root, this.#parts));
    const until = partsEnd(this.#root.until, expireAtMs, now);
    this.#buckets.save(until, until !== this.#root.until);
    this.order.save(until, until !== this.#root.until);
    this.#root.until = until;
  }

  #put(member: string, score: number): void {
    const { scores } = this.#buckets.of(member);
    if (!scores.has(member)) {
      this.#root.count++;
      this.#root.bytes += member.length + memberOverhead;
    }
    scores.set(member, score);
    this.#buckets.touch(member);
  }
}
