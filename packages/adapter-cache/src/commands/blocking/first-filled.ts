import type { ValueOf, ValueType } from "../../documents/document.js";
import type { Keyspace } from "../../engine/keyspace.js";
import { MustWait } from "../../engine/must-wait.js";
import { nullArray } from "../../resp/reply.js";

/** A key and what it holds. */
export interface Filled<T extends ValueType> {
  readonly key: Buffer;
  readonly value: ValueOf<T>;
}

/** How to look. */
export interface FirstFilledOptions<T extends ValueType> {
  readonly type: T;
  /** Whether the client has waited: then it hears nothing of keys of another type, and is served from the key that changed. */
  readonly lenient: boolean;
}

/**
 * The first of some keys that holds something of a type.
 *
 * @throws MustWait if none does
 */
export function firstFilled<T extends ValueType>(
  keyspace: Keyspace,
  keys: readonly Buffer[],
  { type, lenient }: FirstFilledOptions<T>,
): Filled<T> {
  for (const key of keys) {
    if (lenient && (!keyspace.isReady(key) || keyspace.find(key)?.value.type !== type)) continue;
    const value = keyspace.typed(key, type);
    if (value !== undefined) return { key, value };
  }
  throw new MustWait(nullArray);
}
