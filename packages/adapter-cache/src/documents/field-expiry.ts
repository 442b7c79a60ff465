import type { HashValue, Value } from "./document.js";
import { SplitHash } from "./parts/split-hash.js";

/** Takes out of a hash what has ended; other values stay as they are. */
export function dropEndedFields(value: Value, now: number): void {
  if (value.type !== "hash" || value.expiries === undefined) return;
  if (value.split instanceof SplitHash) {
    value.split.dropEnded(now);
    return;
  }
  for (const [field, expireAtMs] of value.expiries) if (expireAtMs <= now) removeField(value, field);
}

/** Removes a field, and when it would have ended; says whether it was there. */
export function removeField(hash: HashValue, field: string): boolean {
  forgetExpiry(hash, field);
  return hash.fields.delete(field);
}

/** Lets a field stay for good. */
export function forgetExpiry(hash: HashValue, field: string): void {
  const isLast = hash.expiries?.delete(field) === true && hash.expiries.size === 0;
  if (isLast && hash.split === undefined) delete hash.expiries;
}

/** Gives a field a value, which stays for good. */
export function setField(hash: HashValue, field: string, bytes: Buffer): void {
  forgetExpiry(hash, field);
  hash.fields.set(field, bytes);
}

/** When the last field of a value has ended by itself, in milliseconds since 1970; `undefined` if some stay. */
export function lastExpiry(value: Value): number | undefined {
  if (value.type !== "hash" || value.expiries?.size !== value.fields.size) return undefined;
  if (value.split instanceof SplitHash) return value.split.lastEndMs;
  return Math.max(...value.expiries.values());
}
