/** Which words of a command are keys. Counted as in the command: its name is at 0. */
type KeyFinder = (words: readonly string[]) => readonly number[];

/** From a word to another one (negative: counted from the end), every so many. */
function range(first: number, last: number, step = 1): KeyFinder {
  return ({ length }) => {
    const end = last < 0 ? length + last : last;
    const found: number[] = [];
    for (let at = first; at <= end && at < length; at += step) found.push(at);
    return found;
  };
}

/** As many as a word says, which the keys come after. */
function counted(countAt: number, ...before: readonly number[]): KeyFinder {
  return (words) => {
    const count = Math.min(Math.max(0, Number(words[countAt]) || 0), words.length - countAt - 1);
    return [...before, ...Array.from({ length: count }, (_, index) => countAt + 1 + index)];
  };
}

/** The first, and what follows one of some words. */
function firstAndAfter(...options: readonly string[]): KeyFinder {
  return (words) => [
    1,
    ...words.flatMap((word, at) =>
      at > 1 && at + 1 < words.length && options.includes(word.toLowerCase()) ? [at + 1] : [],
    ),
  ];
}

/** The first half of what follows STREAMS. */
const streams: KeyFinder = (words) => {
  const first = words.findIndex((word, at) => at > 0 && word.toLowerCase() === "streams") + 1;
  if (first === 0) return [];
  return Array.from({ length: Math.floor((words.length - first) / 2) }, (_, index) => first + index);
};

const groups: readonly (readonly [finder: KeyFinder, names: string])[] = [
  [
    range(1, 1),
    `append bitcount bitfield bitfield_ro bitpos decr decrby dump expire expireat expiretime get getbit getdel getex getrange
     getset geoadd geodist geohash geopos georadius_ro georadiusbymember_ro geosearch hdel hexists hexpire hexpireat hexpiretime
     hget hgetall hincrby hincrbyfloat hkeys hlen hmget hmset hpersist hpexpire hpexpireat hpexpiretime hpttl hrandfield hscan
     hset hsetnx hstrlen httl hvals incr incrby incrbyfloat lindex linsert llen lpop lpos lpush lpushx lrange lrem lset ltrim move
     persist pexpire pexpireat pexpiretime pfadd psetex pttl restore restore-asking rpop rpush rpushx sadd scard set setbit setex
     setnx setrange sismember smembers smismember spop srandmember srem sscan strlen substr ttl type xack xadd xautoclaim xclaim
     xdel xlen xpending xrange xrevrange xsetid xtrim zadd zcard zcount zincrby zlexcount zmscore zpopmax zpopmin zrandmember
     zrange zrangebylex zrangebyscore zrank zrem zremrangebylex zremrangebyrank zremrangebyscore zrevrange zrevrangebylex
     zrevrangebyscore zrevrank zscan zscore`,
  ],
  [
    range(1, -1),
    "del exists mget pfcount pfmerge sdiff sdiffstore sinter sinterstore sunion sunionstore touch unlink watch",
  ],
  [range(1, -2), "blpop brpop bzpopmax bzpopmin"],
  [range(1, -1, 2), "mset msetnx"],
  [range(1, 2), "blmove brpoplpush copy geosearchstore lcs lmove rename renamenx rpoplpush smove zrangestore"],
  [range(2, -1), "bitop"],
  [range(2, 2), "memory|usage object|encoding object|freq object|idletime object|refcount"],
  [range(2, 2), "xgroup|create xgroup|createconsumer xgroup|delconsumer xgroup|destroy xgroup|setid"],
  [range(2, 2), "xinfo|consumers xinfo|groups xinfo|stream"],
  [counted(2), "blmpop bzmpop eval eval_ro evalsha evalsha_ro fcall fcall_ro"],
  [counted(1), "lmpop sintercard zdiff zinter zintercard zmpop zunion"],
  [counted(2, 1), "zdiffstore zinterstore zunionstore"],
  [streams, "xread xreadgroup"],
  [firstAndAfter("store", "storedist"), "georadius georadiusbymember"],
  [firstAndAfter("store"), "sort sort_ro"],
  [
    () => [],
    `asking auth client cluster command config discard echo exec function hello info keys lastsave latency memory multi object
     ping psubscribe publish pubsub punsubscribe quit readonly readwrite reset role save bgsave bgrewriteaof scan script select slowlog spublish
     ssubscribe subscribe sunsubscribe time unsubscribe unwatch wait waitaof xgroup xinfo lolwut`,
  ],
];

const finders: ReadonlyMap<string, KeyFinder> = new Map(
  groups.flatMap(([finder, names]) => names.split(/\s+/u).map((name) => [name, finder] as const)),
);

/**
 * Finds the keys of a command (Redis 7.0, and what later releases have of the same form).
 *
 * @param fullName - as in `INFO commandstats`
 * @returns the positions of its keys; `undefined` for a command that reaches keys which it does not name, or is not known
 */
export function keyPositions(fullName: string, words: readonly string[]): readonly number[] | undefined {
  const [container = fullName] = fullName.split("|", 1);
  return (finders.get(fullName) ?? finders.get(container))?.(words);
}
