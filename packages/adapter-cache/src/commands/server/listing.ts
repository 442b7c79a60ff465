import { keyOfMember } from "../../documents/key-name.js";
import type { Entry } from "../../documents/document.js";
import type { Keyspace } from "../../engine/keyspace.js";
import { removableMs } from "../../key-index/key-index.js";
import { placeOfKey, shardCount, shardOfPlace } from "../../key-index/shards.js";

/** A key that is there. */
export interface Listed {
  readonly key: Buffer;
  readonly entry: Entry;
}

/** A part of the keys of a database. */
export interface Listing {
  readonly keys: readonly Listed[];
  /** The place at which the rest begins; 0 if there is none. */
  readonly next: number;
}

/** Every key of a database. */
export function listAll(keyspace: Keyspace): readonly Listed[] {
  const shards = Array.from({ length: shardCount }, (_, shard) => shard);
  return open(keyspace, [...keyspace.indexed(shards)]);
}

/**
 * Keys in the order of their places, which never changes: who goes on where the last part ended meets every key that was
 * there all the time.
 *
 * @param from - where to begin; 0 for the beginning
 * @param count - about how many keys to look at
 */
export function listFrom(keyspace: Keyspace, from: number, count: number): Listing {
  const found: (readonly [string, number, place: number])[] = [];
  const first = shardOfPlace(from);
  // Few shards if there are many keys, all of them soon if there are few.
  for (let shard = first, step = 1; shard < shardCount && found.length < count; shard += step, step *= 4) {
    const shards = Array.from({ length: Math.min(step, shardCount - shard) }, (_, index) => shard + index);
    const entries = [...keyspace.indexed(shards)].map(([member, at]) => [member, at, placeOfKey(member)] as const);
    found.push(...entries.filter(([, , place]) => place >= from).sort((left, right) => left[2] - right[2]));
  }
  const last = found[count - 1]?.[2];
  // Keys of the same place come together: what is next is told by the place.
  const chosen = last === undefined ? found : found.filter(([, , place]) => place <= last);
  const next = last === undefined || last + 1 >= 2 ** 32 ? 0 : last + 1;
  return { keys: open(keyspace, chosen), next };
}

/** The keys that are really there; what is long gone leaves the index. */
function open(keyspace: Keyspace, members: readonly (readonly [member: string, at: number, ...unknown[]])[]): Listed[] {
  const named = members.map(([member, at]) => ({ key: keyOfMember(member), member, at }));
  keyspace.gather(named.map(({ key }) => key));
  return named.flatMap(({ key, member, at }) => {
    const entry = keyspace.find(key);
    if (entry !== undefined) return [{ key, entry }];
    if (at < keyspace.now - removableMs) keyspace.forget(member);
    return [];
  });
}
