import type { Command } from "./command.js";
import { fieldCommands } from "./fields/field-commands.js";
import { databaseCommands } from "./server/database-commands.js";
import { copy, move } from "./keys/copy.js";
import { object } from "./keys/object.js";
import { sort, sortRo } from "./sorting/sort.js";
import { zdiff, zdiffstore, zinter, zintercard, zinterstore, zunion, zunionstore } from "./sorted-set-algebra.js";
import { lcs } from "./lcs.js";
import { lmpop } from "./lmpop.js";
import { lpos } from "./lpos.js";
import { sintercard } from "./sintercard.js";
import { zmpop } from "./zmpop.js";
import { zrandmember } from "./zrandmember.js";
import { zrangestore } from "./zrangestore.js";
import { append } from "./append.js";
import { bitCommands } from "./bits/bit-commands.js";
import { blockingCommands } from "./blocking/blocking-commands.js";
import { del, unlink } from "./del.js";
import { dump } from "./dump/dump.js";
import { restore } from "./dump/restore.js";
import { exists, touch } from "./exists.js";
import { expire, pexpire, expireat, pexpireat } from "./expire.js";
import { geoCommands } from "./geo/geo-commands.js";
import { get } from "./get.js";
import { getdel } from "./getdel.js";
import { getex } from "./getex.js";
import { getrange, substr } from "./getrange.js";
import { getset } from "./getset.js";
import { hdel } from "./hdel.js";
import { hget } from "./hget.js";
import { hgetall, hkeys, hvals } from "./hgetall.js";
import { hincrby, hincrbyfloat } from "./hincrby.js";
import { hlen, hstrlen, hexists } from "./hlen.js";
import { hmget } from "./hmget.js";
import { hrandfield } from "./hrandfield.js";
import { hset, hmset } from "./hset.js";
import { hsetnx } from "./hsetnx.js";
import { hyperLogLogCommands } from "./hyperloglog/hyperloglog-commands.js";
import { incr, decr, incrby, decrby } from "./incr.js";
import { incrbyfloat } from "./incrbyfloat.js";
import { lindex } from "./lindex.js";
import { linsert } from "./linsert.js";
import { llen } from "./llen.js";
import { lmove, rpoplpush } from "./lmove.js";
import { lpop, rpop } from "./lpop.js";
import { lpush, rpush, lpushx, rpushx } from "./lpush.js";
import { lrange } from "./lrange.js";
import { lrem } from "./lrem.js";
import { lset } from "./lset.js";
import { ltrim } from "./ltrim.js";
import { mget } from "./mget.js";
import { mset, msetnx } from "./mset.js";
import { persist } from "./persist.js";
import { rename, renamenx } from "./rename.js";
import { sadd } from "./sadd.js";
import { hscan, sscan, zscan } from "./scan-members.js";
import { scard } from "./scard.js";
import { sinter, sunion, sdiff, sinterstore, sunionstore, sdiffstore } from "./set-algebra.js";
import { set } from "./set.js";
import { setex, psetex } from "./setex.js";
import { setnx } from "./setnx.js";
import { setrange } from "./setrange.js";
import { sismember, smismember } from "./sismember.js";
import { smembers } from "./smembers.js";
import { smove } from "./smove.js";
import { spop } from "./spop.js";
import { srandmember } from "./srandmember.js";
import { srem } from "./srem.js";
import { strlen } from "./strlen.js";
import { ttl, pttl, expiretime, pexpiretime } from "./ttl.js";
import { evalCommands } from "./scripting/eval.js";
import { streamCommands } from "./streams/stream-commands.js";
import { type } from "./type.js";
import { zadd, zincrby } from "./zadd.js";
import { zcard } from "./zcard.js";
import { zcount, zlexcount } from "./zcount.js";
import { zpopmin, zpopmax } from "./zpopmin.js";
import { zrange, zrevrange, zrangebyscore, zrevrangebyscore, zrangebylex, zrevrangebylex } from "./zrange.js";
import { zrank, zrevrank } from "./zrank.js";
import { zrem, zremrangebyrank, zremrangebyscore, zremrangebylex } from "./zrem.js";
import { zscore, zmscore } from "./zscore.js";

/** Every command on keys, by its name. */
export const keyCommands: ReadonlyMap<string, Command> = new Map(
  [
    append,
    del,
    unlink,
    exists,
    touch,
    expire,
    pexpire,
    expireat,
    pexpireat,
    get,
    getdel,
    getex,
    getrange,
    substr,
    getset,
    hdel,
    hget,
    hgetall,
    hkeys,
    hvals,
    hincrby,
    hincrbyfloat,
    hlen,
    hstrlen,
    hexists,
    hmget,
    hrandfield,
    hset,
    hmset,
    hsetnx,
    incr,
    decr,
    incrby,
    decrby,
    incrbyfloat,
    lindex,
    linsert,
    llen,
    lmove,
    rpoplpush,
    lpop,
    rpop,
    lpush,
    rpush,
    lpushx,
    rpushx,
    lrange,
    lrem,
    lset,
    ltrim,
    mget,
    mset,
    msetnx,
    persist,
    rename,
    renamenx,
    sadd,
    hscan,
    sscan,
    zscan,
    scard,
    sinter,
    sunion,
    sdiff,
    sinterstore,
    sunionstore,
    sdiffstore,
    set,
    setex,
    psetex,
    setnx,
    setrange,
    sismember,
    smismember,
    smembers,
    smove,
    spop,
    srandmember,
    srem,
    strlen,
    ttl,
    pttl,
    expiretime,
    pexpiretime,
    type,
    zadd,
    zincrby,
    zcard,
    zcount,
    zlexcount,
    zpopmin,
    zpopmax,
    zrange,
    zrevrange,
    zrangebyscore,
    zrevrangebyscore,
    zrangebylex,
    zrevrangebylex,
    zrank,
    zrevrank,
    zrem,
    zremrangebyrank,
    zremrangebyscore,
    zremrangebylex,
    zscore,
    zmscore,
    copy,
    move,
    object,
    sort,
    sortRo,
    zdiff,
    zdiffstore,
    zinter,
    zintercard,
    zinterstore,
    zunion,
    zunionstore,
    lcs,
    lmpop,
    lpos,
    sintercard,
    zmpop,
    zrandmember,
    zrangestore,
    dump,
    restore,
    ...bitCommands,
    ...databaseCommands,
    ...fieldCommands,
    ...blockingCommands,
    ...streamCommands,
    ...evalCommands,
    ...geoCommands,
    ...hyperLogLogCommands,
  ].map((command) => [command.name, command]),
);
