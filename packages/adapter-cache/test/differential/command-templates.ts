/**
 * Templates of commands. Words in braces are chosen at random, see `words`; `(a|b)` chooses one, `(a|b)*` none to two.
 */
export const templates = String.raw`
GET {k}
SET {k} {v}
SET {k} {v} (NX|XX|GET|KEEPTTL|EX 120|PX 130000|EXAT 33000000000|EX {e}|PXAT {t})*
SETEX {k} {e} {v}
PSETEX {k} (110000|{t}) {v}
SETNX {k} {v}
GETSET {k} {v}
GETDEL {k}
GETEX {k} (EX 140|PX 160000|EXAT 33000000000|EXAT 1|PERSIST|EX {e})*
MGET {k} {k} {k}
MSET {k} {v} {k} {v}
MSETNX {k} {v} {k} {v}
APPEND {k} {v}
STRLEN {k}
INCR {k}
DECR {k}
INCRBY {k} {i}
DECRBY {k} {i}
INCRBYFLOAT {k} {f}
GETRANGE {k} {n} {n}
SUBSTR {k} {n} {n}
SETRANGE {k} {n} {v}
DEL {k} {k}
UNLINK {k}
EXISTS {k} {k}
TOUCH {k} {k}
EXPIRE {k} {e} (NX|XX|GT|LT|{v})*
PEXPIRE {k} (170000|200000|{t}) (NX|XX|GT|LT)*
EXPIREAT {k} (33000000000|1|{i}) (NX|XX|GT|LT)*
PEXPIREAT {k} (33000000000000|1|{t}) (NX|XX|GT|LT)*
TTL {k}
PERSIST {k}
TYPE {k}
RENAME {k} {k}
RENAMENX {k} {k}
HSET {k} {m} {v}
HSET {k} {m} {v} {m} {v}
HMSET {k} {m} {i}
HSETNX {k} {m} {v}
HGET {k} {m}
HMGET {k} {m} {m}
HDEL {k} {m} {m}
HLEN {k}
HSTRLEN {k} {m}
HEXISTS {k} {m}
HGETALL {k}
HKEYS {k}
HVALS {k}
HINCRBY {k} {m} {i}
HINCRBYFLOAT {k} {m} {f}
HSCAN {k} 0 (MATCH {g}|COUNT 100|COUNT {i})*
LPUSH {k} {v} {v}
RPUSH {k} {v} {v}
LPUSHX {k} {v}
RPUSHX {k} {v}
LPOP {k}
LPOP {k} {n}
RPOP {k}
RPOP {k} {n}
LRANGE {k} {n} {n}
LLEN {k}
LINDEX {k} {n}
LSET {k} {n} {v}
LTRIM {k} {n} {n}
LREM {k} {n} {v}
LINSERT {k} (BEFORE|AFTER|{v}) {v} {v}
LMOVE {k} {k} (LEFT|RIGHT) (LEFT|RIGHT|{v})
RPOPLPUSH {k} {k}
SADD {k} {m} {m}
SREM {k} {m} {m}
SMEMBERS {k}
SISMEMBER {k} {m}
SMISMEMBER {k} {m} {m}
SCARD {k}
SPOP {k} 1000
SMOVE {k} {k} {m}
SINTER {k} {k}
SUNION {k} {k}
SDIFF {k} {k}
SINTERSTORE {k} {k} {k}
SUNIONSTORE {k} {k} {k}
SDIFFSTORE {k} {k} {k}
SSCAN {k} 0 (MATCH {g})*
ZADD {k} (NX|XX|GT|LT|CH|INCR)* {f} {m}
ZADD {k} (NX|XX|GT|LT|CH|INCR)* {f} {m} {f} {m}
ZINCRBY {k} {f} {m}
ZSCORE {k} {m}
ZMSCORE {k} {m} {m}
ZRANK {k} {m}
ZREVRANK {k} {m}
ZCARD {k}
ZCOUNT {k} {s} {s}
ZLEXCOUNT {k} {l} {l}
ZRANGE {k} {n} {n} (WITHSCORES|REV|BYSCORE|LIMIT 0 2)*
ZRANGE {k} {s} {s} BYSCORE (WITHSCORES|REV|LIMIT {n} {n})*
ZRANGE {k} {l} {l} BYLEX (REV|LIMIT {n} {n}|WITHSCORES)*
ZREVRANGE {k} {n} {n} (WITHSCORES|REV)*
ZRANGEBYSCORE {k} {s} {s} (WITHSCORES|LIMIT {n} {n})*
ZREVRANGEBYSCORE {k} {s} {s} (WITHSCORES|LIMIT {n} {n})*
ZRANGEBYLEX {k} {l} {l} (LIMIT {n} {n})*
ZREVRANGEBYLEX {k} {l} {l}
ZREM {k} {m} {m}
ZREMRANGEBYRANK {k} {n} {n}
ZREMRANGEBYSCORE {k} {s} {s}
ZREMRANGEBYLEX {k} {l} {l}
ZPOPMIN {k}
ZPOPMAX {k} {n}
ZSCAN {k} 0 (MATCH {g})*
KEYS (a|[a-c]|[b-e]|\e)
COPY {k} {k} (REPLACE|DB 1|DB {i})*
MOVE {k} (1|0|{i})
OBJECT ENCODING absent
OBJECT FREQ {k}
OBJECT (REFCOUNT|{v}) absent
SORT {k} (LIMIT {n} {n}|ALPHA|DESC|ASC|BY {g}|GET #|GET {k}|STORE {k}|{v})*
SORT {k} BY (w*|a*|nosort|w*->f|*) (ALPHA|DESC|GET #|GET w*|GET w*->m|GET *->m|STORE {k}|LIMIT 0 2)*
SORT_RO {k} (ALPHA|DESC|STORE {k}|GET {g})*
LCS {k} {k} (LEN|IDX|WITHMATCHLEN|MINMATCHLEN {n}|{v})*
LPOS {k} {v} (RANK {n}|COUNT {n}|MAXLEN {n}|{v})*
LMPOP (1|2|{n}) {k} {k} (LEFT|RIGHT|{v}) (COUNT {n})*
LMPOP 1 {k} (LEFT|RIGHT) (COUNT 2)*
SINTERCARD (1|2|{n}) {k} {k} (LIMIT {n})*
SINTERCARD 1 {k} (LIMIT {n})*
ZMPOP (1|2|{n}) {k} {k} (MIN|MAX|{v}) (COUNT {n})*
ZMPOP 1 {k} (MIN|MAX) (COUNT 2)*
ZRANDMEMBER {k} 0
ZRANGESTORE {k} {k} {n} {n} (REV|WITHSCORES)*
ZRANGESTORE {k} {k} {s} {s} BYSCORE (REV|LIMIT {n} {n})*
ZRANGESTORE {k} {k} {l} {l} BYLEX (REV)*
ZUNION (2|1|{n}) {k} {k} (WEIGHTS {f} {f}|AGGREGATE MIN|AGGREGATE MAX|AGGREGATE {v}|WITHSCORES)*
ZINTER (2|{n}) {k} {k} (WEIGHTS {f} {f}|AGGREGATE MIN|AGGREGATE SUM|WITHSCORES)*
ZDIFF (2|{n}) {k} {k} (WITHSCORES|AGGREGATE MIN)*
ZUNIONSTORE {k} (2|{n}) {k} {k} (WEIGHTS {f} {f}|AGGREGATE MAX|WITHSCORES)*
ZINTERSTORE {k} (2|{n}) {k} {k} (WEIGHTS {f} {f}|AGGREGATE MIN)*
ZDIFFSTORE {k} (2|{n}) {k} {k}
ZINTERCARD (2|1|{n}) {k} {k} (LIMIT {n})*
SETBIT {k} {b} (0|1|2|{i})
GETBIT {k} {b}
BITCOUNT {k}
BITCOUNT {k} {n} {n}
BITCOUNT {k} {n} {n} (BIT|BYTE|{v})
BITPOS {k} (0|1|{i})
BITPOS {k} (0|1) {n}
BITPOS {k} (0|1) {n} {n}
BITPOS {k} (0|1) {n} {n} (BIT|BYTE|{v})
BITOP (AND|OR|XOR|NOT) {k} {k}
BITOP (AND|OR|XOR|NOT|{v}) {k} {k} {k}
BITFIELD {k} (GET {y} {b}|SET {y} {b} {i}|INCRBY {y} {b} {i}|OVERFLOW WRAP|OVERFLOW SAT|OVERFLOW FAIL)*
BITFIELD {k} OVERFLOW (WRAP|SAT|FAIL|{v}) (INCRBY {y} {b} {i}|SET {y} {b} {i}|INCRBY {y} #1 {i})* GET {y} {b}
BITFIELD_RO {k} (GET {y} {b}|SET {y} {b} 1)*
PFADD {h} {v} {v}
PFADD {h} {i} {f} {m}
PFCOUNT {h}
PFCOUNT {h} {h}
PFMERGE {h} {h} {h}
GET {h}
GEOADD {p} {@} {m} {@} {o}
GEOADD {p} (NX|XX|CH)* {@} {m}
GEOADD {p} {f} {f} {m}
GEOPOS {p} {m} {o}
GEOHASH {p} {m} {o}
GEODIST {p} {m} {o} (m|KM|ft|mi|{v})*
GEORADIUS {p} {@} {r} (WITHCOORD|WITHDIST|WITHHASH|ASC|DESC|COUNT 2|COUNT 1 ANY|STORE {k}|STOREDIST {k}|{v})*
GEORADIUS_RO {p} {@} {r} (WITHCOORD|WITHDIST|ASC|DESC|COUNT {n}|STORE {k})*
GEORADIUSBYMEMBER {p} {m} {r} (WITHCOORD|WITHDIST|WITHHASH|ASC|DESC|COUNT 2|COUNT 1 ANY|STORE {k})*
GEORADIUSBYMEMBER_RO {p} {m} {r} (WITHDIST|ASC|DESC)*
GEOSEARCH {p} (FROMMEMBER {m}|FROMLONLAT {@}) (BYRADIUS {r}|BYBOX {f} {r}) (WITHCOORD|WITHDIST|WITHHASH|ASC|DESC|COUNT 2|ANY)*
GEOSEARCHSTORE {k} {p} (FROMMEMBER {m}|FROMLONLAT {@}|{v}) (BYRADIUS {r}|BYBOX 5000 {r}) (WITHDIST|ASC|DESC|COUNT 2)*
PING
PING {v}
ECHO {v}
SELECT (0|1|16|{i})
MULTI
EXEC
DISCARD
WATCH {k}
UNWATCH
NOSUCH {v} {v}
XADD {x} {j} {m} {v}
XADD {x} (NOMKSTREAM|MAXLEN {n}|MAXLEN = {n}|MAXLEN ~ {n}|MINID {j}|MINID ~ {j}|LIMIT {n})* {j} {m} {v} {m} {v}
XLEN {x}
XDEL {x} {j} {j}
XTRIM {x} (MAXLEN|MINID) {n}
XTRIM {x} (MAXLEN|MINID) (=|~) {n} (LIMIT {n})*
XRANGE {x} {j} {j} (COUNT {n})*
XREVRANGE {x} {j} {j} (COUNT {n})*
XREAD (COUNT {n}|BLOCK 1)* STREAMS {x} {x} {j} {j}
XREAD STREAMS {x} {j}
XSETID {x} {j} (ENTRIESADDED {i}|MAXDELETEDID {j})*
XGROUP CREATE {x} {c} {j} (MKSTREAM|ENTRIESREAD {n})*
XGROUP CREATE {x} {c} 0 MKSTREAM
XGROUP CREATE {x} {c} $
XGROUP SETID {x} {c} {j} (ENTRIESREAD {n})*
XGROUP DESTROY {x} {c}
XGROUP (CREATECONSUMER|DELCONSUMER|{v}) {x} {c} {m}
XREADGROUP GROUP {c} {m} (COUNT {n}|NOACK|BLOCK 1)* STREAMS {x} >
XREADGROUP GROUP {c} {m} (COUNT {n}|NOACK)* STREAMS {x} {x} (>|0|{j}) (>|0|{j})
XACK {x} {c} {j} {j}
XPENDING {x} {c}
XPENDING {x} {c} IDLE 100000 {j} {j} {n} {m}
XPENDING {x} {c} {j} {j} 0
XCLAIM {x} {c} {m} (0|100000|{i}) {j} {j} (JUSTID|FORCE|RETRYCOUNT {n}|LASTID {j}|IDLE {n}|TIME {n}|{v})*
XAUTOCLAIM {x} {c} {m} (0|100000|{i}) {j} (COUNT {n}|JUSTID)*
XINFO STREAM {x}
XINFO GROUPS {x}
XINFO STREAM {x} (FULL|{v}) COUNT {i}
PTTL {k}
EXPIRETIME {k}
PEXPIRETIME {k}
SCAN 0 MATCH [a-e] COUNT 100000 (TYPE string|TYPE {v})*
SRANDMEMBER {k} (0|1000|x)
HRANDFIELD {k} (0|1000) (WITHVALUES|{v})*
ZRANDMEMBER {k} 1000 (WITHSCORES|{v})*
RESTORE {k} ({t}|0) {u} (REPLACE|ABSTTL|IDLETIME {n}|FREQ {n}|{v})*
WAIT 0 0
ASKING
READONLY
RESET
BLPOP {q} {k} (0.001|x|-1)
BLMOVE {q} {k} (LEFT|RIGHT) (LEFT|RIGHT|{v}) 0.001
BRPOPLPUSH {q} {k} 0.001
BLMPOP 0.001 (1|2|{n}) {q} {k} (LEFT|RIGHT) (COUNT {n})*
BZPOPMIN {z} {k} 0.001
BZPOPMAX {z} (0.001|x)
BZMPOP 0.001 1 {z} (MIN|MAX) (COUNT {n})*
PUBLISH {w} {v}
SPUBLISH {w} {v}
PUBSUB NUMSUB {w}
EVAL {a} 2 {k} {k} {v} {i}
EVAL {a} 2 {k} {k} {m} {f}
EVAL_RO {a} 2 {k} {k} {v} {i}
EVALSHA ({d}|{v}) 2 {k} {k} {v} {i}
EVALSHA_RO {d} 2 {k} {k} {v} {i}
EVAL {a} (0|1|3|{i}) {k}
SCRIPT EXISTS ({d}|{v}) {d}
`;
