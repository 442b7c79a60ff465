import type { SetValue } from "../documents/document.js";
import type { MemberSet } from "../documents/members.js";
import type { Keyspace } from "../engine/keyspace.js";

/** The members of a set; none if the key is absent. */
export function readSet(keyspace: Keyspace, key: Buffer): MemberSet {
  return keyspace.typed(key, "set")?.members ?? new Set();
}

/** The set of a key, or a new one that is stored once it is updated. */
export function openSet(keyspace: Keyspace, key: Buffer): SetValue {
  return keyspace.typed(key, "set") ?? { type: "set", members: new Set() };
}
