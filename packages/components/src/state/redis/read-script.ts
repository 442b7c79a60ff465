import type { StateRecord } from "@mecha/spec";
import { createScript } from "./redis-script.js";

/**
 * Reads states, all at one moment. Plain strings, and states of daprd that are no hash, are read as in daprd: without a
 * version.
 *
 * KEYS: what to read. Returns three values per key: the value or nil, the version (empty for a plain string), and the
 * milliseconds to live (-1 for ever, -2 for an absent key).
 */
export const readScript = createScript(`
local reply = {}
for number, key in ipairs(KEYS) do
  local at = number * 3
  local hash = redis.pcall('HMGET', key, 'data', 'version')
  if hash.err then
    local text = redis.pcall('GET', key)
    hash = { type(text) == 'string' and text, '' }
  end
  reply[at - 2] = hash[1]
  reply[at - 1] = hash[2]
  reply[at] = redis.call('PTTL', key)
end
return reply
`);

/** What a key holds: a state, nothing, or something else. */
export type Reading = StateRecord | undefined | "foreign";

/** Understands the script's reply. */
export function readingsOf(reply: unknown, keyCount: number): readonly Reading[] {
  // The script's own form.
  const fields = reply as readonly (Buffer | number | null)[];
  const now = Date.now();
  return Array.from({ length: keyCount }, (_, index): Reading => {
    const value = fields[index * 3];
    const version = fields[index * 3 + 1];
    const ttlMs = Number(fields[index * 3 + 2]);
    if (!Buffer.isBuffer(value) || !Buffer.isBuffer(version)) return ttlMs === -2 ? undefined : "foreign";
    const record = { value, etag: version.toString() };
    return ttlMs < 0 ? record : { ...record, expiresAtMs: now + ttlMs };
  });
}
