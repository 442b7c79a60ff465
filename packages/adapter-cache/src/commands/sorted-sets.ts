import type { SortedSetValue } from "../documents/document.js";
import type { Keyspace } from "../engine/keyspace.js";

/** A member and its score. */
export type Scored = readonly [member: string, score: number];

/** The sorted set of a key, or a new one that is stored once it is updated. */
export function openSortedSet(keyspace: Keyspace, key: Buffer): SortedSetValue {
  return keyspace.typed(key, "zset") ?? { type: "zset", scores: new Map() };
}

/** The members of a sorted set by score, and by bytes where scores are equal; none if the key is absent. */
export function readSorted(keyspace: Keyspace, key: Buffer): Scored[] {
  return sortScores(keyspace.typed(key, "zset")?.scores ?? new Map<string, number>());
}

/** Members by score, and by bytes where scores are equal. */
export function sortScores(scores: ReadonlyMap<string, number>): Scored[] {
  return [...scores].sort(byScore);
}

// Latin1 text compares as its bytes do. Infinities of one sign are equal, though their difference is no number.
function byScore([leftMember, left]: Scored, [rightMember, right]: Scored): number {
  if (left !== right) return left < right ? -1 : 1;
  return leftMember < rightMember ? -1 : leftMember > rightMember ? 1 : 0;
}
