import { bytesOf, listOf, type RedisClient } from "./redis-client.js";

/** What a key was like when it was looked at. */
export interface SeenKey {
  readonly key: Buffer;
  /** As TYPE says it. */
  readonly type: string;
  /** Another one means that the key was changed; `undefined` for a value too large to be looked at as a whole. */
  readonly fingerprint: string | undefined;
}

/** Values above this many bytes are compared in pieces: their digest would keep the server from everybody else. */
const largeBytes = 4 * 1024 * 1024;

const script = `local seen = {}
for _, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  local size = redis.pcall('MEMORY', 'USAGE', key)
  local digest = ''
  if kind ~= 'none' and (type(size) ~= 'number' or size <= tonumber(ARGV[1])) then
    local expiry = redis.pcall('PEXPIRETIME', key)
    if type(expiry) == 'table' then expiry = redis.call('PTTL', key) >= 0 and 'expires' or '' end
    digest = string.sub(redis.sha1hex(redis.call('DUMP', key)), 1, 20) .. expiry
  end
  seen[#seen + 1] = kind
  seen[#seen + 1] = digest
end
return seen`;

/** Looks at keys, at each as it is at one moment. Keys that are gone are left out. */
export async function lookAt(source: RedisClient, keys: readonly Buffer[]): Promise<readonly SeenKey[]> {
  if (keys.length === 0) return [];
  const reply = listOf(await source.call("EVAL", script, keys.length, ...keys, largeBytes));
  return keys.flatMap((key, index): SeenKey[] => {
    const type = bytesOf(reply[index * 2]).toString();
    const digest = bytesOf(reply[index * 2 + 1]).toString();
    return type === "none" || type === "" ? [] : [{ key, type, fingerprint: digest === "" ? undefined : digest }];
  });
}

/** All keys of a database that match a pattern, some at a time. A key may come twice. */
export async function* scanKeys(source: RedisClient, match: string | undefined): AsyncIterable<readonly Buffer[]> {
  let cursor = "0";
  do {
    const pattern = match === undefined ? [] : ["MATCH", match];
    const [next, keys] = listOf(await source.call("SCAN", cursor, ...pattern, "COUNT", 500));
    cursor = bytesOf(next).toString();
    yield listOf(keys).map(bytesOf);
  } while (cursor !== "0");
}
