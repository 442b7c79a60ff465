import type { Keyspace } from "../engine/keyspace.js";

/** The string of a key; `undefined` if it is absent. */
export function readString(keyspace: Keyspace, key: Buffer): Buffer | undefined {
  return keyspace.typed(key, "string")?.bytes;
}

/** Stores a string, without an expiry unless one is given. */
export function storeString(keyspace: Keyspace, key: Buffer, bytes: Buffer, expireAtMs?: number): void {
  keyspace.replace(key, { type: "string", bytes }, expireAtMs);
}
