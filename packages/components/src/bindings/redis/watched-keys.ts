import { MechaError } from "@mecha/spec";
import { encodeRespCommand } from "./resp-commands.js";

/** A key with what it was like when its client began to watch it. */
export interface WatchedKey {
  readonly key: Buffer;
  /** Latin1 text; empty for a key that was not there. */
  readonly fingerprint: string;
}

/**
 * What each key is like: a digest of its value, and when it expires. Servers before 7.0 do not tell the latter, and there a mere change
 * of the expiry is no change.
 */
const script = `local seen = {}
for index, key in ipairs(KEYS) do
  local value = redis.call('DUMP', key)
  local expiry = redis.pcall('PEXPIRETIME', key)
  if type(expiry) == 'table' then expiry = '' end
  seen[index] = value and redis.sha1hex(value) .. expiry or ''
end
return seen`;

/** Asks for the fingerprints of keys, all of one moment. */
export function fingerprintCommand(keys: readonly Buffer[]): Buffer {
  return encodeRespCommand(["EVAL", script, String(keys.length), ...keys]);
}

/** Reads keys with their fingerprints, one after the other. */
export function readWatched(words: readonly Buffer[]): readonly WatchedKey[] {
  if (words.length === 0 || words.length % 2 > 0) {
    throw new MechaError(
      "INVALID_ARGUMENT",
      "WATCH at the beginning of a transaction takes keys, each with its fingerprint",
    );
  }
  return words.flatMap((key, index) =>
    index % 2 === 0 ? [{ key, fingerprint: words[index + 1]?.toString("latin1") ?? "" }] : [],
  );
}

/** Whether the reply of the server has the fingerprints that the keys had. */
export function sameFingerprints(reply: Buffer, watched: readonly WatchedKey[]): boolean {
  const bulks = watched.map(({ fingerprint }) => `$${String(fingerprint.length)}\r\n${fingerprint}\r\n`);
  return reply.toString("latin1") === `*${String(watched.length)}\r\n${bulks.join("")}`;
}
