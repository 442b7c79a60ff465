import type { SortedSetValue } from "../documents/document.js";
import type { RankedMembers, Scored } from "../documents/members.js";
import { indexFor } from "../documents/parts/score-order.js";
import { sortScores } from "../documents/parts/split-values.js";
import type { Keyspace } from "../engine/keyspace.js";

/** The sorted set of a key, or a new one that is stored once it is updated. */
export function openSortedSet(keyspace: Keyspace, key: Buffer): SortedSetValue {
  return keyspace.typed(key, "zset") ?? { type: "zset", scores: new Map() };
}

/** The members of a sorted set by score, and by bytes where scores are equal; none if the key is absent. */
export function readRanked(keyspace: Keyspace, key: Buffer): RankedMembers {
  return rankedMembers(openSortedSet(keyspace, key));
}

/** The members of a sorted set in order. */
export function rankedMembers({ order, scores }: SortedSetValue): RankedMembers {
  return order ?? new SortedMembers(sortScores(scores));
}

/** Takes members off an end of a sorted set, as many as there are at most; the outermost comes first. */
export function takeRanked(zset: SortedSetValue, side: "MIN" | "MAX", count: number): Scored[] {
  const ranked = rankedMembers(zset);
  const { length } = ranked;
  const taken = side === "MIN" ? ranked.slice(0, count) : ranked.slice(Math.max(0, length - count), length).reverse();
  removeMembers(
    zset,
    taken.map(([member]) => member),
  );
  return taken;
}

/** Removes members; how many were there. */
export function removeMembers({ scores }: SortedSetValue, members: readonly string[]): number {
  scores.gather?.(members, []);
  return members.filter((member) => scores.delete(member)).length;
}

class SortedMembers implements RankedMembers {
  readonly #sorted: readonly Scored[];

  constructor(sorted: readonly Scored[]) {
    this.#sorted = sorted;
  }

  get length(): number {
    return this.#sorted.length;
  }

  slice(start: number, stop: number): Scored[] {
    return this.#sorted.slice(Math.max(0, start), Math.max(0, stop));
  }

  countBefore(score: number, member?: string): number {
    return indexFor(this.#sorted, score, member);
  }
}
