import { endOfLine, numberAt } from "./resp-numbers.js";

/** Where keys stand in a reply: all elements, the second element's elements, the first element, or the first of each element. */
type KeysInReply = "all" | "second" | "first" | "firsts";

const replies: ReadonlyMap<string, KeysInReply> = new Map<string, KeysInReply>([
  ["keys", "all"],
  ["scan", "second"],
  ...["blpop", "brpop", "bzpopmin", "bzpopmax", "lmpop", "blmpop", "zmpop", "bzmpop"].map(
    (name) => [name, "first"] as const,
  ),
  ["xread", "firsts"],
  ["xreadgroup", "firsts"],
]);

/** Where a command's reply has keys, if it has any. */
export function keysInReplyOf(fullName: string): KeysInReply | undefined {
  return replies.get(fullName);
}

/** Takes a prefix off the keys of a reply. */
export function stripKeys(reply: Buffer, prefix: Buffer, where: KeysInReply): Buffer {
  const rewriter = new Rewriter(reply, prefix);
  rewriter.reply(where);
  return rewriter.taken;
}

/** Takes a prefix off the keys of the replies that an EXEC answers with. */
export function stripQueuedKeys(reply: Buffer, prefix: Buffer, queued: readonly (KeysInReply | undefined)[]): Buffer {
  const rewriter = new Rewriter(reply, prefix);
  rewriter.each(queued);
  return rewriter.taken;
}

const [bulk, attribute, map] = [36, 124, 37];
const aggregates: ReadonlySet<number> = new Set([42, 126, 62, map, attribute]);
const bulks: ReadonlySet<number> = new Set([bulk, 61, 33]);

/** Goes through a reply that is complete, and writes it anew. */
class Rewriter {
  readonly #bytes: Buffer;
  readonly #prefix: Buffer;
  readonly #parts: Buffer[] = [];
  #at = 0;
  #written = 0;

  constructor(bytes: Buffer, prefix: Buffer) {
    this.#bytes = bytes;
    this.#prefix = prefix;
  }

  get taken(): Buffer {
    return Buffer.concat([...this.#parts, this.#bytes.subarray(this.#written)]);
  }

  reply(where: KeysInReply | undefined): void {
    if (where === undefined || !aggregates.has(this.#bytes[this.#at] ?? 0)) {
      this.#skip();
      return;
    }
    const isMap = this.#bytes[this.#at] === map;
    const count = this.#count();
    for (let index = 0; index < count; index++) {
      if (where === "all" || (where === "first" && index === 0)) this.#key();
      else if (where === "second" && index === 1) this.reply("all");
      else if (where !== "firsts") this.#skip();
      // Streams are pairs in RESP2, a map of their own in RESP3.
      else if (!isMap) this.reply("first");
      else if (index % 2 === 0) this.#key();
      else this.#skip();
    }
  }

  each(queued: readonly (KeysInReply | undefined)[]): void {
    const count = this.#count();
    for (let index = 0; index < count; index++) this.reply(queued[index]);
  }

  /** The number of elements of what begins here; goes on to the first. */
  #count(): number {
    const pairs = this.#bytes[this.#at] === map || this.#bytes[this.#at] === attribute;
    const count = numberAt(this.#bytes, this.#at + 1);
    this.#at = endOfLine(this.#bytes, this.#at);
    return pairs ? count * 2 : count;
  }

  #skip(): void {
    const type = this.#bytes[this.#at] ?? 0;
    if (aggregates.has(type)) {
      const count = this.#count();
      for (let index = 0; index < count; index++) this.#skip();
      if (type === attribute) this.#skip();
      return;
    }
    const length = bulks.has(type) ? numberAt(this.#bytes, this.#at + 1) : -1;
    this.#at = endOfLine(this.#bytes, this.#at) + (length < 0 ? 0 : length + 2);
  }

  #key(): void {
    const start = this.#at;
    this.#skip();
    const begin = endOfLine(this.#bytes, start);
    const key = this.#bytes.subarray(begin, this.#at - 2);
    const size = this.#prefix.length;
    if (this.#bytes[start] !== bulk || !key.subarray(0, size).equals(this.#prefix)) return;
    this.#parts.push(
      this.#bytes.subarray(this.#written, start),
      Buffer.from(`$${String(key.length - size)}\r\n`),
      key.subarray(size),
    );
    this.#written = this.#at - 2;
  }
}
