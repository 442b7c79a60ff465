import { createHash } from "node:crypto";

/** Scripts of two keys and two arguments. */
export const scripts: readonly string[] = [
  "return redis.call('GET', KEYS[1])",
  "return {redis.call('TYPE', KEYS[1]), redis.call('EXISTS', KEYS[1], KEYS[2]), ARGV[1], #ARGV}",
  "redis.call('SET', KEYS[1], ARGV[1]) redis.call('RPUSH', KEYS[2], ARGV[2]) return redis.call('LRANGE', KEYS[2], 0, -1)",
  "for i = 1, 3 do redis.call('RPUSH', KEYS[1], ARGV[1] .. i) end return redis.call('LPOP', KEYS[1], 2)",
  "local sum = redis.call('INCRBY', KEYS[1], ARGV[2]) if sum > 10 then redis.call('DEL', KEYS[1]) end return sum",
  "local tried = redis.pcall('HINCRBY', KEYS[1], ARGV[1], ARGV[2]) if tried.err then return tried.err end return {tried}",
  "redis.call('ZADD', KEYS[1], 1.5, ARGV[1]) redis.setresp(3) return redis.call('ZSCORE', KEYS[1], ARGV[1])",
  "if redis.call('EXISTS', 'e') == 1 then return redis.call('RENAME', 'e', 'a') end return redis.error_reply('NONE there')",
  "redis.call('APPEND', 'd', ARGV[1]) error('after the write')",
  "return cjson.encode({redis.call('STRLEN', KEYS[1]), ARGV[2], false})",
  "redis.call('SELECT', 1) redis.call('SET', KEYS[1], ARGV[1]) return redis.call('EXISTS', KEYS[2])",
  "redis.call('PUBLISH', 'w1', ARGV[1]) return redis.call('EXPIRE', KEYS[1], 100)",
  "return redis.call('SPOP', KEYS[1], 1000)[1] == nil",
  "local a, b = redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2]) return (a or 'none') .. (b or 'none')",
];

/** What EVALSHA wants of a script. */
export function digestOf(script: string): string {
  return createHash("sha1").update(script).digest("hex");
}
