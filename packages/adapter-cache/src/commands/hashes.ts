import type { HashValue } from "../documents/document.js";
import type { MemberMap } from "../documents/members.js";
import type { Keyspace } from "../engine/keyspace.js";

/** The fields of a hash; `undefined` if the key is absent. */
export function readHash(keyspace: Keyspace, key: Buffer): MemberMap<Buffer> | undefined {
  return keyspace.typed(key, "hash")?.fields;
}

/** The hash of a key, or a new one that is stored once it is updated. */
export function openHash(keyspace: Keyspace, key: Buffer): HashValue {
  return keyspace.typed(key, "hash") ?? { type: "hash", fields: new Map() };
}

/** A member's bytes, from the latin1 text in which containers keep it. */
export function toBytes(text: string): Buffer {
  return Buffer.from(text, "latin1");
}
