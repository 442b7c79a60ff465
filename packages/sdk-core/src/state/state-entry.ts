import { decodeValue, type Codec } from "../codec.js";
import type { Metadata } from "../transport/transport.js";

/** A stored value with what the store says of it. */
export interface StateEntry<T> {
  readonly value: T;
  /** Names this version of the value; give it back to write only if nobody else did. */
  readonly etag: string;
  /** Metadata of the value, for example `ttlExpireTime`. */
  readonly metadata: Metadata;
  /** When the value will be gone; `undefined` if never, or if the store does not say (daprd's `state.redis`). */
  readonly expiresAt: Date | undefined;
}

/** What the Dapr API says of a key. */
export interface FoundValue {
  readonly data: Uint8Array;
  readonly etag: string;
  readonly metadata: Metadata;
}

/** How a store's values are read: their codec, and the store's name for messages. */
export interface ValueReader {
  readonly storeName: string;
  readonly codec: Codec;
}

/** The value that was found; `undefined` for an absent key, of which the Dapr API says nothing in all fields. */
export function toEntry<T>(reader: ValueReader, key: string, found: FoundValue): StateEntry<T> | undefined {
  const { data, etag, metadata } = found;
  if (etag === "" && data.length === 0) return undefined;
  const expiry = metadata["ttlExpireTime"];
  return {
    // The caller names the type of what the store holds; nothing here can check it.
    value: decodeValue(data, reader.codec, () => subjectOf(reader.storeName, key)) as T,
    etag,
    metadata,
    expiresAt: expiry === undefined ? undefined : new Date(expiry),
  };
}

/** What a value is called in messages. */
export function subjectOf(storeName: string, key: string): string {
  return `The value of key "${key}" in state store "${storeName}"`;
}
