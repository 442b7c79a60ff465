/**
 * When the parts of a value end by themselves, in milliseconds since 1970: `undefined` for never. They end later than their
 * key, so that a key whose end is put off again and again does not have all of them written each time.
 *
 * @param until - when they end so far
 * @param expireAtMs - when the key ends
 */
export function partsEnd(until: number | undefined, expireAtMs: number | undefined, now: number): number | undefined {
  if (expireAtMs === undefined) return undefined;
  if (until !== undefined && until >= expireAtMs) return until;
  return expireAtMs + Math.max(0, expireAtMs - now);
}
