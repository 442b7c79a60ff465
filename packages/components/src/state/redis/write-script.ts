import type { StateOperation } from "@mecha/spec";
import { hasEtag } from "../state-errors.js";
import { createScript } from "./redis-script.js";

/**
 * Applies state operations to daprd's hashes: field `data` holds the value, `version` counts its writes and is the ETag,
 * `first-write` marks values that were written with first-write concurrency.
 *
 * Unlike daprd's scripts it takes many operations and can check them all, in order, before it applies any; an ETag never
 * matches an absent key, and create-only is that also over values that were written plainly.
 *
 * KEYS: one per operation. ARGV: `1` for all or none, else `0`; then per operation five: `set` or `delete`, the ETag or
 * nothing, `1` for first-write, milliseconds to live or `0`, the value. Returns the numbers of the operations, from 1,
 * whose condition does not hold.
 */
export const writeScript = createScript(`
local atomic = ARGV[1] == '1'
local planned = {}

local function stored(key)
  local version = redis.pcall('HGET', key, 'version')
  if type(version) == 'table' then return false, true end
  if version and not string.match(version, '^%-?%d+$') then return false, true end
  return version, false
end

local function permitted(key, at)
  local version = planned[key]
  if version == nil then version = stored(key) end
  local etag = ARGV[at + 1]
  if etag ~= '' then
    if version ~= etag then return false end
  elseif ARGV[at] == 'set' and ARGV[at + 2] == '1' and version then
    return false
  end
  if ARGV[at] == 'delete' then
    planned[key] = false
  else
    planned[key] = string.format('%.0f', (tonumber(version) or 0) + 1)
  end
  return true
end

local function apply(key, at)
  if ARGV[at] == 'delete' then
    redis.call('DEL', key)
    return
  end
  local _, unusable = stored(key)
  if unusable then redis.call('DEL', key) end
  redis.call('HSET', key, 'data', ARGV[at + 4])
  if ARGV[at + 2] == '1' then redis.call('HSET', key, 'first-write', 0) end
  redis.call('HINCRBY', key, 'version', 1)
  if ARGV[at + 3] == '0' then
    redis.call('PERSIST', key)
  else
    redis.call('PEXPIRE', key, ARGV[at + 3])
  end
end

local refused = {}
for number, key in ipairs(KEYS) do
  local at = number * 5 - 3
  if not permitted(key, at) then
    refused[#refused + 1] = number
    if atomic then return refused end
  elseif not atomic then
    apply(key, at)
  end
end
if atomic then
  for number, key in ipairs(KEYS) do apply(key, number * 5 - 3) end
end
return refused
`);

/** What daprd takes for an ETag: a number as Go's `strconv.Atoi` reads it. */
export const etagForm = /^[+-]?\d{1,19}$/;

/** The five arguments of an operation. An ETag of another form than {@link etagForm} is that of no value. */
export function writeArguments(operation: StateOperation, defaultTtlSeconds: number | undefined): (string | Buffer)[] {
  const etag = hasEtag(operation) ? numbered(operation.etag) : "";
  if (operation.type === "delete") return ["delete", etag, "", "0", ""];
  const { value, firstWrite, metadata } = operation;
  // -1 in the request means: never, whatever the component says.
  const fallback = Number(metadata?.["ttlInSeconds"]) < 0 ? undefined : defaultTtlSeconds;
  const ttlSeconds = operation.ttlSeconds ?? fallback;
  return [
    "set",
    etag,
    firstWrite === true ? "1" : "0",
    ttlSeconds === undefined ? "0" : String(Math.ceil(ttlSeconds * 1_000)),
    Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  ];
}

/** An ETag as the script compares it: without sign and zeros in front. */
function numbered(etag: string): string {
  return etagForm.test(etag) ? BigInt(etag).toString() : etag;
}
