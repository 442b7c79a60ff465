import type { Keyspace } from "../../engine/keyspace.js";
import { toBytes } from "../hashes.js";

/** Says whether a pattern of SORT names different keys for different elements. */
export function namesKeys(pattern: Buffer): boolean {
  return pattern.includes("*");
}

/**
 * What a pattern of SORT finds for an element: the string of the key with the element in place of `*`, or the field of the
 * hash of that key (`weight_*->field`); `#` is the element itself.
 */
export function lookUp(keyspace: Keyspace, pattern: Buffer, element: Buffer): Buffer | undefined {
  if (isElement(pattern)) return element;
  const place = split(pattern);
  const key = keyOf(pattern, element);
  const value = key && keyspace.find(key)?.value;
  if (place?.field === undefined) return value?.type === "string" ? value.bytes : undefined;
  return value?.type === "hash" ? value.fields.get(place.field) : undefined;
}

/** The key that a pattern names for an element, if any. */
export function keyOf(pattern: Buffer, element: Buffer): Buffer | undefined {
  const place = isElement(pattern) ? undefined : split(pattern);
  return place && Buffer.concat([toBytes(place.before), element, toBytes(place.after)]);
}

function isElement(pattern: Buffer): boolean {
  return pattern.length === 1 && pattern.includes("#");
}

interface Place {
  readonly before: string;
  readonly after: string;
  readonly field: string | undefined;
}

function split(pattern: Buffer): Place | undefined {
  const text = pattern.toString("latin1");
  const star = text.indexOf("*");
  if (star < 0) return undefined;
  const arrow = text.indexOf("->", star + 1);
  const isField = arrow >= 0 && arrow + 2 < text.length;
  return {
    before: text.slice(0, star),
    after: text.slice(star + 1, isField ? arrow : undefined),
    field: isField ? text.slice(arrow + 2) : undefined,
  };
}
