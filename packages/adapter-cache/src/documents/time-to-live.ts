import type { Document } from "./document.js";
import { lastExpiry } from "./field-expiry.js";
import { isPartName } from "./key-name.js";

/** How long a tombstone is kept, and an expired document beyond its end: longer than any watch or batch takes. */
const graceSeconds = 60;

/** The longest time to live that stores take; beyond it the document's own expiry has to do. */
const maxTtlSeconds = 2 ** 31 - 1;

/**
 * Seconds until a store may forget a document that is written now; `undefined` for never.
 *
 * @param name - the document's name: one that is part of a value ends with the value, whatever its own fields do
 */
export function ttlSeconds(name: string, { entry }: Document, now: number): number | undefined {
  if (entry === undefined) return graceSeconds;
  const fieldsEndMs = isPartName(name) ? undefined : lastExpiry(entry.value);
  const endMs = Math.min(entry.expireAtMs ?? Infinity, fieldsEndMs ?? Infinity);
  if (endMs === Infinity) return undefined;
  const seconds = Math.max(0, Math.ceil((endMs - now) / 1000)) + graceSeconds;
  return seconds > maxTtlSeconds ? undefined : seconds;
}
