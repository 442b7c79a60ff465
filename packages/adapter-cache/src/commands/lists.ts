import type { ListValue } from "../documents/document.js";
import { ItemArray, type ListItems } from "../documents/list-items.js";
import type { Keyspace } from "../engine/keyspace.js";

/** The items of a list; `undefined` if the key is absent. */
export function readList(keyspace: Keyspace, key: Buffer): ListItems | undefined {
  return keyspace.typed(key, "list")?.items;
}

/** The list of a key, or a new one that is stored once it is updated. */
export function openList(keyspace: Keyspace, key: Buffer): ListValue {
  return keyspace.typed(key, "list") ?? { type: "list", items: new ItemArray() };
}

/** A position counted from the end if it is negative, as an index from the beginning; may lie outside. */
export function fromEnd(position: number, length: number): number {
  return position < 0 ? length + position : position;
}
