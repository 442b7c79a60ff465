import type { ValueType } from "./document.js";

/**
 * Layout of a stored document, version 1:
 *
 * | bytes | what |
 * |---|---|
 * | 1 | version of the format |
 * | 1 | type of the value: 0 tombstone, 1 string, 2 hash, 3 list, 4 set, 5 sorted set, 6 stream, 7 part of a stream, 8 hash of which fields end, 9 hash, 10 list, 11 set, 12 sorted set in parts, 13 part of a list or of a sorted set's order |
 * | 12 | revision |
 * | 8 | when the key is gone, milliseconds since 1970 as a big-endian double; 0 for never |
 * | rest | string: its bytes; stream: see `stream-codec.ts`; in parts: see the classes in `parts`; else the members one after the other; where fields end, each is followed by when, 0 for never |
 *
 * A member's parts (field and value, item, member) are each preceded by their length as a 32-bit big-endian number; a
 * score is a big-endian double.
 */
export const documentVersion = 1;

/** Length of a revision. */
export const revisionBytes = 12;

/** Where the value begins. */
export const headerBytes = 2 + revisionBytes + 8;

/** The number that stands for a hash of which fields end by themselves. */
export const markOfEndingFields = 8;

/** The number that stands for each type. */
export const markOf: Readonly<Record<ValueType | "none", number>> = {
  none: 0,
  string: 1,
  hash: 2,
  list: 3,
  set: 4,
  zset: 5,
  stream: 6,
  "stream-part": 7,
  "packed-part": 13,
};

/** The numbers that stand for values in parts. */
export const markOfSplit = { hash: 9, list: 10, set: 11, zset: 12 } as const;

/** The type that a number stands for. */
export const typeOfMark: ReadonlyMap<number, ValueType> = new Map([
  [markOf.string, "string"],
  [markOf.hash, "hash"],
  [markOfEndingFields, "hash"],
  [markOf.list, "list"],
  [markOf.set, "set"],
  [markOf.zset, "zset"],
  [markOf.stream, "stream"],
  [markOf["stream-part"], "stream-part"],
  [markOfSplit.hash, "hash"],
  [markOfSplit.list, "list"],
  [markOfSplit.set, "set"],
  [markOfSplit.zset, "zset"],
  [markOf["packed-part"], "packed-part"],
]);
