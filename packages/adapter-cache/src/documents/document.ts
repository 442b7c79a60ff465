import type { ListItems } from "./list-items.js";
import type { MemberMap, MemberSet, RankedMembers } from "./members.js";
import type { SplitParts } from "./parts/part-store.js";
import type { StreamPartValue, StreamValue } from "./stream-value.js";

/** What values have in common that may be kept in several documents. */
interface Splittable {
  /** Present if it is: its members are in the parts, and only those are read that are looked at. */
  readonly split?: SplitParts;
}

/** A Redis string. */
interface StringValue {
  readonly type: "string";
  readonly bytes: Buffer;
}

/** A Redis hash; fields as latin1 text of their bytes, in the order in which they came as long as it is one document. */
export interface HashValue extends Splittable {
  readonly type: "hash";
  readonly fields: MemberMap<Buffer>;
  /** When fields are gone, in milliseconds since 1970, of those that end by themselves; absent if none does. */
  expiries?: MemberMap<number>;
}

/** A Redis list. */
export interface ListValue extends Splittable {
  readonly type: "list";
  readonly items: ListItems;
}

/** A Redis set; members as latin1 text of their bytes. */
export interface SetValue extends Splittable {
  readonly type: "set";
  readonly members: MemberSet;
}

/** A Redis sorted set; scores by the latin1 text of their members' bytes. */
export interface SortedSetValue extends Splittable {
  readonly type: "zset";
  readonly scores: MemberMap<number>;
  /** Its members in order, where they are kept so. */
  readonly order?: RankedMembers;
}

/** A document with items of a list, or members of a sorted set in their order. No key leads to it. */
interface PackedPartValue {
  readonly type: "packed-part";
  readonly packed: { readonly bytes: Buffer; readonly length: number };
}

/** What a document may hold: the value of a key, or part of it. Containers are changed in place within one batch and never shared beyond it. */
export type Value =
  | StringValue
  | HashValue
  | ListValue
  | SetValue
  | SortedSetValue
  | StreamValue
  | StreamPartValue
  | PackedPartValue;

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
