/**
 * The commands that may be done at once on a value where it lies. Each looks at its first argument's key only, refuses what it refuses
 * before it changes anything, and makes a value larger by no more than its arguments.
 */
const withOneKey: ReadonlySet<string> = new Set(
  `append decr decrby expire expireat get getdel getex getrange getset hdel hexists hget hgetall hincrby hkeys hlen hmget hmset hset
  hsetnx hvals incr incrby lindex llen lpop lpush lpushx lrange persist pexpire pexpireat psetex pttl rpop rpush rpushx sadd scard set
  setex setnx sismember smembers smismember srem strlen ttl type zadd zcard zincrby zrange zrank zrem zrevrank zscore`.split(
    /\s+/,
  ),
);

/** Those that are as the others where they have one argument: one key. */
const withOneArgument: ReadonlySet<string> = new Set(["del", "exists", "touch", "unlink"]);

/** Whether a command may be done at once. */
export function mayBeAtOnce(name: string, argumentCount: number): boolean {
  return withOneKey.has(name) || (argumentCount === 2 && withOneArgument.has(name));
}
