import type { Keyspace } from "../../engine/keyspace.js";

/** A key of a command, and which it is among its keys. */
export interface PlacedKey {
  readonly key: Buffer;
  readonly index: number;
}

/** The keys that a command that has waited looks at: those that it may, each as it was named first. */
export function readyKeys(keyspace: Keyspace, keys: readonly Buffer[]): readonly PlacedKey[] {
  return placed(keys).filter(
    ({ key, index }) => keyspace.isReady(key) && keys.findIndex((other) => other.equals(key)) === index,
  );
}

/** All keys of a command. */
export function placed(keys: readonly Buffer[]): readonly PlacedKey[] {
  return keys.map((key, index) => ({ key, index }));
}
