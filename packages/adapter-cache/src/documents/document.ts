import type { StreamPartValue, StreamValue } from "./stream-value.js";

/** A Redis string. */
interface StringValue {
  readonly type: "string";
  readonly bytes: Buffer;
}

/** A Redis hash; fields in the order in which they came, as latin1 text of their bytes. */
export interface HashValue {
  readonly type: "hash";
  readonly fields: Map<string, Buffer>;
  /** When fields are gone, in milliseconds since 1970, of those that end by themselves; absent if none does. */
  expiries?: Map<string, number>;
}

/** A Redis list. */
export interface ListValue {
  readonly type: "list";
  readonly items: Buffer[];
}

/** A Redis set; members as latin1 text of their bytes. */
export interface SetValue {
  readonly type: "set";
  readonly members: Set<string>;
}

/** A Redis sorted set; scores by the latin1 text of their members' bytes. */
export interface SortedSetValue {
  readonly type: "zset";
  readonly scores: Map<string, number>;
}

/** What a document may hold: the value of a key, or part of it. Containers are changed in place within one batch and never shared beyond it. */
export type Value = StringValue | HashValue | ListValue | SetValue | SortedSetValue | StreamValue | StreamPartValue;

/** The names that TYPE answers. */
export type ValueType = Value["type"];

/** The value of a given type. */
export type ValueOf<T extends ValueType> = Extract<Value, { readonly type: T }>;

/** A value and when it ends. */
export interface Entry {
  readonly value: Value;
  /** When the key is gone, in milliseconds since 1970; absent if never. */
  readonly expireAtMs: number | undefined;
}

/**
 * What is stored for a key. Without an entry it is a tombstone: the key was removed, and whoever watched it must see
 * that; it stays for a while only.
 */
export interface Document {
  /** Changed by every command that Redis calls a modification; kept when a document is only written again. */
  readonly revision: string;
  readonly entry: Entry | undefined;
}
