import type { DocumentReader } from "../document-reader.js";
import type { DocumentWriter } from "../document-writer.js";
import type { RankedMembers, Scored } from "../members.js";
import { Chunks, type Directory } from "./chunks.js";
import type { ItemLayout, PackedItems } from "./packed-items.js";
import type { PartStore } from "./part-store.js";

const scoreBytes = 8;
const headBytes = scoreBytes + 4;

/** A score, and a member after its length. */
const layout: ItemLayout<Scored> = {
  end: (bytes, start) => start + headBytes + bytes.readUInt32BE(start + scoreBytes),
  read: (bytes, start) => [
    bytes.toString("latin1", start + headBytes, layout.end(bytes, start)),
    bytes.readDoubleBE(start),
  ],
  encode([member, score]) {
    const bytes = Buffer.allocUnsafe(headBytes + member.length);
    bytes.writeDoubleBE(score);
    bytes.writeUInt32BE(member.length, scoreBytes);
    bytes.write(member, headBytes, "latin1");
    return bytes;
  },
};

/**
 * The members of a sorted set by score, and by bytes where scores are equal, cut into parts. Of each part is known from which
 * place on it has members; the first begins anywhere.
 */
export class ScoreOrder implements RankedMembers {
  readonly #directory: Directory;
  readonly #chunks: Chunks<Scored>;
  /** Where each part begins: by the score alone, unless the part before has members with the same score. */
  readonly #scores: number[];
  readonly #members: string[];

  constructor(id: string, parts: PartStore, bounds: Bounds = { parts: [], counts: [], scores: [], members: [] }) {
    this.#scores = bounds.scores;
    this.#members = bounds.members;
    this.#directory = { id, parts: bounds.parts, counts: bounds.counts, columns: [this.#scores, this.#members] };
    this.#chunks = new Chunks(this.#directory, parts, layout);
  }

  static read(id: string, reader: DocumentReader, parts: PartStore): ScoreOrder {
    const bounds = { parts: reader.counts(), counts: reader.counts(), scores: reader.doubles() };
    const members = bounds.parts.map(() => "");
    for (let left = reader.count(); left > 0; left--) members[reader.count()] = reader.text();
    return new ScoreOrder(id, parts, { ...bounds, members });
  }

  write(writer: DocumentWriter): void {
    writer.counts(this.#directory.parts);
    writer.counts(this.#directory.counts);
    writer.doubles(this.#scores);
    // Few parts begin within a score, unless all scores are the same.
    const named = this.#members.flatMap((member, place) => (member === "" ? [] : [place]));
    writer.count(named.length);
    for (const place of named) {
      writer.count(place);
      writer.text(this.#members[place] ?? "");
    }
  }

  get length(): number {
    return this.#chunks.length;
  }

  names(): string[] {
    return this.#chunks.names();
  }

  /** The names of the parts in which members with these scores are, or will be, as far as they were not looked at. */
  namesFor(scored: readonly Scored[]): string[] {
    return this.#chunks.unread(new Set(scored.map(([member, score]) => this.#placeOf(score, member))));
  }

  slice(start: number, stop: number): Scored[] {
    return this.#chunks.slice(start, stop);
  }

  countBefore(score: number, member?: string): number {
    if (this.#chunks.size === 0) return 0;
    const place = this.#placeOf(score, member);
    return this.#chunks.before(place) + positionFor(this.#chunks.items(place), score, member);
  }

  insert(member: string, score: number): void {
    if (this.#chunks.size === 0) {
      this.fill([[member, score]]);
      return;
    }
    const place = this.#placeOf(score, member);
    this.#chunks.edit(place, (items) => items.splice(positionFor(items, score, member), 0, [[member, score]]));
    this.#chunks.divide(place, boundBetween);
  }

  /** Adds members in order behind all that are there. */
  fill(sorted: readonly Scored[]): void {
    const capacity = this.#chunks.capacityFor(sorted.length);
    for (let start = 0; start < sorted.length; start += capacity) {
      const bound = boundBetween(sorted[start - 1], sorted[start]);
      this.#chunks.add(this.#chunks.size, sorted.slice(start, start + capacity), bound);
    }
  }

  remove(member: string, score: number): void {
    const place = this.#placeOf(score, member);
    const index = positionFor(this.#chunks.items(place), score, member);
    if (this.#chunks.items(place).slice(index, index + 1)[0]?.[0] !== member) return;
    this.#chunks.edit(place, (items) => items.splice(index, 1));
    this.#chunks.tidy(place);
  }

  all(): Scored[] {
    return this.#chunks.all();
  }

  save(expireAtMs: number | undefined, all: boolean): void {
    this.#chunks.save(expireAtMs, all);
  }

  /** The part in which a place is: the last that begins before it. */
  #placeOf(score: number, member: string | undefined): number {
    let [low, high] = [0, this.#scores.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (isBefore(score, member, [this.#members[middle] ?? "", this.#scores[middle] ?? 0])) high = middle - 1;
      else low = middle;
    }
    return low;
  }
}

/** Where each part begins, in lists of the same length. */
interface Bounds {
  readonly parts: number[];
  readonly counts: number[];
  readonly scores: number[];
  readonly members: string[];
}

/** The position of a place among packed members: how many come before it. */
function positionFor(items: PackedItems<Scored>, score: number, member: string | undefined): number {
  const wanted = member === undefined ? undefined : Buffer.from(member, "latin1");
  return items.findIndex((bytes, start) => {
    const other = bytes.readDoubleBE(start);
    if (score !== other) return score < other;
    return (
      wanted !== undefined && bytes.compare(wanted, 0, wanted.length, start + headBytes, layout.end(bytes, start)) >= 0
    );
  });
}

/** The position of a place among members in order: how many come before it. */
export function indexFor(items: readonly Scored[], score: number, member: string | undefined): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item === undefined || isAtOrBefore(score, member, item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether a place comes strictly before a member; a place without a member comes after all of its score. */
function isBefore(score: number, member: string | undefined, [otherMember, other]: Scored): boolean {
  if (score !== other) return score < other;
  return member !== undefined && member < otherMember;
}

function isAtOrBefore(score: number, member: string | undefined, [otherMember, other]: Scored): boolean {
  if (score !== other) return score < other;
  return member !== undefined && member <= otherMember;
}

/** Score and member with which a part begins. */
function boundBetween(left: Scored | undefined, right: Scored | undefined): readonly [number, string] {
  const [member, score] = right ?? ["", Infinity];
  return [score, left?.[1] === score ? member : ""];
}
