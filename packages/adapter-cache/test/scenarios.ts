/** What several clients do, by title; see `readScenario`. Keys and channels are of this file alone. */
export const scenarios: Readonly<Record<string, string>> = {
  "channels, patterns and their messages": `
    s: SUBSCRIBE sc:a sc:b sc:a
    s: PSUBSCRIBE sx:* sc:[ab]
    p: PUBLISH sc:a hello; PUBLISH sc:b world; PUBLISH sc:none x; PUBLISH other x
    p: PUBSUB CHANNELS sc:a; PUBSUB NUMSUB sc:a sc:b sc:c; PUBSUB NUMPAT; PUBSUB NUMSUB
    s: UNSUBSCRIBE sc:a
    p: PUBLISH sc:a again
    s: UNSUBSCRIBE sc:zzz; PUNSUBSCRIBE sx:*
    p: PUBLISH sc:b last
    s: PUNSUBSCRIBE sc:[ab]; UNSUBSCRIBE sc:b
    s: GET sc:key
    s: UNSUBSCRIBE; PUNSUBSCRIBE; SUNSUBSCRIBE`,
  "the same in RESP3, where a subscriber may do anything": `
    s: HELLO 3
    s: SUBSCRIBE sc3:a; PSUBSCRIBE sc3:*
    s: GET sc:key; PING; PING x; PUBLISH sc3:a self
    p: PUBLISH sc3:a hello
    s: UNSUBSCRIBE; PUNSUBSCRIBE; UNSUBSCRIBE`,
  "shard channels": `
    s: SSUBSCRIBE ss:a ss:b
    s: SUBSCRIBE ss:c
    p: SPUBLISH ss:a hello; PUBLISH ss:a nobody; SPUBLISH ss:c nobody
    p: PUBSUB SHARDCHANNELS ss:[a]; PUBSUB SHARDNUMSUB ss:a ss:c; PUBSUB CHANNELS ss:*
    s: SUNSUBSCRIBE ss:a; SUNSUBSCRIBE; UNSUBSCRIBE ss:c; GET sc:key`,
  "a subscriber of RESP2 may do little else": `
    s: SUBSCRIBE s2:a
    s: GET sc:key; PING; PING x; CLIENT ID; SET a; NOSUCH; MULTI; PUBLISH s2:a x; SSUBSCRIBE s2:b; PUBSUB NUMPAT
    s: RESET; GET sc:key
    p: PUBLISH s2:a nobody`,
  "publishing and subscribing in a transaction": `
    s: SUBSCRIBE st:a
    p: MULTI; PUBLISH st:a one; SET st:k v; PUBLISH st:a two; PUBLISH st:none x; EXEC; DEL st:k
    p: MULTI; PUBLISH st:a never; DISCARD
    q: WATCH st:w
    p: SET st:w 1
    q: MULTI; PUBLISH st:a never; EXEC
    p: DEL st:w
    q: MULTI; SUBSCRIBE st:b st:c; UNSUBSCRIBE st:b; EXEC`,
  "messages come after the replies to what was sent before": `
    s: SUBSCRIBE so:a
    p: SET so:k 1; PUBLISH so:a x; INCR so:k; PUBLISH so:a y; DEL so:k; PUBLISH so:a z`,
  "wrong uses of publishing and subscribing": `
    p: PUBLISH; PUBLISH a; PUBLISH a b c; SUBSCRIBE; PSUBSCRIBE; PUBSUB; PUBSUB NOPE; PUBSUB NUMPAT x
    p: PUBSUB CHANNELS a b; PUBSUB HELP; PUBSUB HELP x; SPUBLISH a; pubsub numpat`,
  "who waits first is served first": `
    p: DEL bl:a bl:b
    x~: BLPOP bl:a 0
    y~: BRPOP bl:b bl:a 0
    z~: BLPOP bl:a 0.05
    p: RPUSH bl:a 1 2 3 4; LRANGE bl:a 0 -1; DEL bl:a`,
  "what is pushed and taken at once is the waiter's": `
    p: DEL bm:a bm:b
    x~: BLPOP bm:a 0; GET bm:none
    p: RPUSH bm:a 1; LPOP bm:a; EXISTS bm:a
    x~: BLPOP bm:a 0
    p: MULTI; RPUSH bm:a 1 2; LPOP bm:a; EXEC; DEL bm:a`,
  "moving wakes who waits at the other end": `
    p: DEL bn:a bn:b bn:c
    x~: BLMOVE bn:a bn:b LEFT RIGHT 0
    y~: BRPOPLPUSH bn:b bn:c 0
    z~: BLPOP bn:c 0
    p: RPUSH bn:a item; EXISTS bn:a bn:b bn:c
    x~: BLMOVE bn:a bn:a LEFT RIGHT 0
    p: RPUSH bn:a 1 2; LRANGE bn:a 0 -1; DEL bn:a`,
  "a waiter of another type goes on waiting": `
    p: DEL bo:a bo:b
    x~: BLPOP bo:a bo:b 0
    y~: BLMOVE bo:a bo:b LEFT LEFT 0
    p: SET bo:a text; DEL bo:a; SET bo:b text
    p: RPUSH bo:a 1; RPUSH bo:a 2; DEL bo:b; LRANGE bo:a 0 -1
    y~: BZPOPMIN bo:b 0
    p: LPUSH bo:b x; DEL bo:b; ZADD bo:b 1 m; EXISTS bo:b; DEL bo:a`,
  "waiting for sorted sets": `
    p: DEL bz:a bz:b
    x~: BZPOPMIN bz:a bz:b 0
    y~: BZPOPMAX bz:b 0
    z~: BZMPOP 0 2 bz:a bz:b MAX COUNT 2
    p: ZADD bz:b 1 one 2 two 3 three 4 four; ZADD bz:a 1 rest; ZRANGE bz:b 0 -1; ZRANGE bz:a 0 -1; DEL bz:a bz:b
    x: ZADD bz:a 1.5 a 2 b; BZMPOP 1 1 bz:a MIN COUNT 5; ZADD bz:a 1.5 a 2 b; BZPOPMIN bz:a 1
    x: HELLO 3; BZPOPMAX bz:a 1; ZADD bz:a 1.5 a; BZMPOP 1 1 bz:a MIN`,
  "waiting for several items": `
    p: DEL bp:a bp:b
    x~: BLMPOP 0 2 bp:a bp:b LEFT COUNT 2
    y~: BLMPOP 0 1 bp:b RIGHT COUNT 9
    p: RPUSH bp:b 1 2 3 4 5; EXISTS bp:b`,
  "time goes by": `
    p: DEL bt:a
    x: BLPOP bt:a 0.01; BLMOVE bt:a bt:a LEFT LEFT 0.01; BRPOPLPUSH bt:a bt:b 0.01; BZPOPMIN bt:a 0.01; BLMPOP 0.01 1 bt:a LEFT; BZMPOP 0.01 1 bt:a MIN; PING over
    x: HELLO 3; BLPOP bt:a 0.01; BLMOVE bt:a bt:a LEFT LEFT 0.01`,
  "nobody waits in a transaction": `
    p: DEL bx:a; MULTI; BLPOP bx:a 0; BLMOVE bx:a bx:b LEFT LEFT 0; BRPOPLPUSH bx:a bx:b 0; BZPOPMIN bx:a 0; BLMPOP 0 1 bx:a LEFT; BZMPOP 0 1 bx:a MIN; RPUSH bx:a 1; BLPOP bx:a 0; EXEC`,
  "nothing is taken for a client that hung up": `
    p: DEL bd:a
    x~: BLPOP bd:a 0
    y~: BLPOP bd:a 0
    x:
    p: RPUSH bd:a 1 2; LRANGE bd:a 0 -1; DEL bd:a`,
  "wrong uses of waiting": `
    p: DEL bw:a; SET bw:s text
    p: BLPOP bw:a; BLPOP bw:a x; BLPOP bw:a -1; BLPOP bw:a inf; BLPOP bw:a 1e300; BLPOP bw:s 0; BLPOP bw:s x; BLPOP bw:a bw:s 0
    p: BLMOVE bw:a bw:b LEFT UP 0; BLMOVE bw:a bw:b LEFT LEFT x; BLMOVE bw:s bw:b LEFT LEFT 0; RPUSH bw:a 1; BLMOVE bw:a bw:s LEFT LEFT 0; BRPOPLPUSH bw:a bw:s 0; BRPOPLPUSH bw:a bw:s -1
    p: BLMPOP x 1 bw:a LEFT; BLMPOP 0 0 bw:a LEFT; BLMPOP 0 x bw:a LEFT; BLMPOP 0 2 bw:a LEFT; BLMPOP 0 1 bw:a UP; BLMPOP 0 1 bw:a LEFT COUNT 0; BLMPOP 0 1 bw:a LEFT COUNT; BLMPOP 0 1 bw:a LEFT COUNT 1 COUNT 1; BLMPOP 0 1 bw:s LEFT
    p: BZPOPMIN bw:s 0; BZPOPMIN bw:a 0; BZMPOP 0 1 bw:a MIN; BZMPOP 0 1 bw:a LEFT; BZPOPMAX bw:q; MULTI; BLPOP bw:a x; BLMPOP 0 0 bw:a LEFT; EXEC; DEL bw:a bw:s`,
  "waiting for entries of streams": `
    p: DEL xs:a xs:b; XADD xs:a 1-1 f v
    x~: XREAD BLOCK 0 STREAMS xs:a xs:b $ $
    y~: XREAD COUNT 1 BLOCK 0 STREAMS xs:b 0
    p: XADD xs:b 5-1 f v; XADD xs:b 5-2 f v; XADD xs:a 6-1 f v
    x: XREAD BLOCK 10 STREAMS xs:a $; XREAD BLOCK 10 STREAMS xs:a 1-1; XREAD BLOCK x STREAMS xs:a 1; XREAD BLOCK -1 STREAMS xs:a 1
    x: HELLO 3; XREAD STREAMS xs:a xs:b 0 0; XREAD BLOCK 10 STREAMS xs:a 9
    p: DEL xs:a xs:b`,
  "consumers of a group share what comes": `
    p: DEL xg:a; XGROUP CREATE xg:a g $ MKSTREAM
    x~: XREADGROUP GROUP g one BLOCK 0 STREAMS xg:a >
    y~: XREADGROUP GROUP g two BLOCK 0 STREAMS xg:a >
    p: XADD xg:a 1-1 f v
    p: XADD xg:a 2-1 f v; XADD xg:a 3-1 f v; XPENDING xg:a g
    x: XREADGROUP GROUP g one COUNT 5 BLOCK 0 STREAMS xg:a >; XREADGROUP GROUP g one STREAMS xg:a 0; XACK xg:a g 1-1 9-9
    y~: XREADGROUP GROUP g two BLOCK 0 STREAMS xg:a >
    p: XGROUP DESTROY xg:a g
    p: XGROUP CREATE xg:a g $
    y~: XREADGROUP GROUP g two BLOCK 0 STREAMS xg:a >
    p: DEL xg:a`,
};
