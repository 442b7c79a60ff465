import fc from "fast-check";
import { anyCommand, anyOf } from "./command-arbitrary.js";

/** One of several clients does something, and the others see what comes of it before the next does anything. */
export interface Turn {
  readonly client: string;
  /** Sent together; a command that may wait is alone. None: the client hangs up. */
  readonly commands: readonly (readonly string[])[];
}

/** The clients that send commands; the subscriber gets messages besides. */
const clients = ["x", "y", "z"];
export const subscriber = "s";

const waiting = anyOf(`
BLPOP {q} {k} 0
BRPOP {k} {q} 0
BLMOVE {q} {k} (LEFT|RIGHT) (LEFT|RIGHT) 0
BRPOPLPUSH {q} {q} 0
BLMPOP 0 2 {q} {k} (LEFT|RIGHT) (COUNT 2)*
BZPOPMIN {z} {k} 0
BZPOPMAX {z} {z} 0
BZMPOP 0 1 {z} (MIN|MAX) (COUNT 2)*
XREAD BLOCK 0 STREAMS {x} $
XREAD COUNT 1 BLOCK 0 STREAMS {x} {x} $ {j}
XREADGROUP GROUP g {m} BLOCK 0 STREAMS {x} >
`);

const serving = anyOf(`
RPUSH {q} {v} {v}
LPUSH {q} {v}
LMOVE {q} {q} LEFT RIGHT
ZADD {z} {i} {m} {i} {o}
XADD {x} {j} {m} {v}
XGROUP CREATE {x} g $ MKSTREAM
DEL {k} {q} {z}
RENAME {k} {q}
COPY {k} {z} REPLACE
SUNIONSTORE {q} {k} {k}
SORT {q} ALPHA STORE {k}
SET {k} {v}
PUBLISH {w} {v}
SPUBLISH {w} {v}
EVAL {a} 2 {q} {k} {v} {i}
MOVE {q} 1
`);

const watching = anyOf(`
WATCH {k} {q}
WATCH {k}
UNWATCH
MULTI
EXEC
DISCARD
`);

const hearing = anyOf(`
SUBSCRIBE {w} {w}
PSUBSCRIBE {W}
SSUBSCRIBE {w}
UNSUBSCRIBE {w}
PUNSUBSCRIBE {W}
SUNSUBSCRIBE
UNSUBSCRIBE
PING {v}
GET {k}
PUBSUB NUMSUB {w} {W}
RESET
`);

/** What waits for a short time is done sooner or later than the next turn. */
const atOnce = anyCommand.filter(
  ([name = "", ...words]) => !/^(b[lrz]|xread)/i.test(name) || (/^x/i.test(name) && !words.includes("BLOCK")),
);

const few = (command: fc.Arbitrary<string[]>): fc.Arbitrary<string[][]> =>
  fc.array(command, { minLength: 1, maxLength: 3 });

/** All or nothing in one write, with somebody else's keys in it. */
const transaction = few(fc.oneof(serving, atOnce)).map((commands) => [["MULTI"], ...commands, ["EXEC"]]);

const ofClients: fc.Arbitrary<Turn> = fc.record({
  client: fc.constantFrom(...clients),
  commands: fc.oneof(
    { weight: 4, arbitrary: fc.tuple(waiting) },
    { weight: 6, arbitrary: few(serving) },
    { weight: 3, arbitrary: few(atOnce) },
    { weight: 3, arbitrary: fc.tuple(watching) },
    { weight: 2, arbitrary: transaction },
    { weight: 1, arbitrary: fc.constant([]) },
  ),
});

const ofSubscriber: fc.Arbitrary<Turn> = fc.record({
  client: fc.constant(subscriber),
  commands: fc.oneof({ weight: 9, arbitrary: few(hearing) }, { weight: 1, arbitrary: fc.constant([]) }),
});

/** What several clients do, one after the other. */
export const turns: fc.Arbitrary<Turn[]> = fc.array(
  fc.oneof({ weight: 8, arbitrary: ofClients }, { weight: 1, arbitrary: ofSubscriber }),
  { minLength: 2, maxLength: 24, size: "max" },
);
