/** An error reply. `message` begins with its code: `ERR …`, `WRONGTYPE …`. */
export class ErrorReply extends Error {
  override readonly name = "ErrorReply";
}

/** A status, such as `OK`: sent as a simple string. */
export class Status {
  constructor(readonly text: string) {}
}

/** A floating-point number; RESP2 has none and gets text. */
export class Double {
  constructor(readonly value: number) {}
}

/** A floating-point number in digits of its own: text in RESP2. */
export class DecimalReply {
  constructor(readonly text: string) {}
}

/** True or false; a number in RESP2. */
export class BooleanReply {
  constructor(readonly value: boolean) {}
}

/** Pairs of keys and values, one after the other; a flat array in RESP2. */
export class MapReply {
  constructor(readonly items: readonly Reply[]) {}
}

/** A set; an array in RESP2. */
export class SetReply {
  constructor(readonly items: readonly Reply[]) {}
}

/** Members with their scores or values; one flat array in RESP2, an array of two each in RESP3. */
export class PairsReply {
  constructor(readonly pairs: readonly (readonly [Reply, Reply])[]) {}
}

/** What was found under each of several names: an array of pairs in RESP2, a map in RESP3. */
export class KeyedReply {
  constructor(readonly pairs: readonly (readonly [Reply, Reply])[]) {}
}

/** Text in the format that RESP3 calls verbatim; a bulk string in RESP2. */
export class Verbatim {
  constructor(readonly text: string) {}
}

/** Something that a client gets without having asked, in RESP3 apart from replies; an array in RESP2. */
export class PushReply {
  constructor(readonly items: readonly Reply[]) {}
}

/** Replies as a server gave them, in the protocol of the connection. */
export class Encoded {
  constructor(readonly bytes: Buffer) {}
}

/** Several replies to one command, one after the other, as SUBSCRIBE answers for each channel. */
export class Replies {
  constructor(readonly replies: readonly Reply[]) {}
}

/** The array that is not there, as an aborted EXEC answers. */
export const nullArray: unique symbol = Symbol("null array");

/** What a command answers. A string or Buffer is a bulk string, `null` the bulk string that is not there. */
export type Reply =
  | string
  | Buffer
  | number
  | bigint
  | null
  | typeof nullArray
  | Status
  | Double
  | BooleanReply
  | DecimalReply
  | MapReply
  | SetReply
  | PairsReply
  | KeyedReply
  | Verbatim
  | PushReply
  | Replies
  | ErrorReply
  | readonly Reply[];

/** The answer of most commands that change something. */
export const ok = new Status("OK");
