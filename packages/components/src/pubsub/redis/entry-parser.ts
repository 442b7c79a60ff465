import { type StreamEntry, toStreamEntry } from "./stream-entry.js";

/** What Redis says to one command of a reader: entries of one stream, a number, or that it refuses. */
export type ReadReply = readonly StreamEntry[] | number | Error;

const cr = 13;
const types = { error: 45, integer: 58, bulk: 36, list: 42 } as const;

/** What a length is that is not there yet, or is that of nothing at all. */
const missing = -2;
const nil = -1;

const nothing = Buffer.alloc(0);

/**
 * Reads the replies to XREADGROUP of one stream, and numbers, from the bytes of a connection. What comes is a list of lists of
 * lists, of which entries are made without the lists: those are most of what a reader of Redis makes, and keeps its garbage for long.
 */
export class EntryParser {
  #bytes: Buffer = nothing;
  #at = 0;
  /** Where the bulk begins that was read last. */
  #from = 0;
  /** How many bytes there must be before it is worth while to look again. */
  #needed = 0;
  /** What came while there were too few. */
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #entries: StreamEntry[] = [];
  /** Entries that are to come of the reply; `undefined` if none has begun. */
  #left: number | undefined;

  /**
   * Takes what came.
   *
   * @returns the reply if it is whole: a reader asks nothing new before it has it
   * @throws Error if the bytes are no such reply
   */
  push(chunk: Buffer): ReadReply | undefined {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    const rest = this.#bytes.length - this.#at;
    if (rest + this.#waitingBytes < this.#needed) return undefined;
    this.#bytes = rest === 0 && this.#waiting.length === 1 ? chunk : this.#joined();
    this.#waiting.length = this.#waitingBytes = this.#at = this.#needed = 0;
    return this.#reply();
  }

  #joined(): Buffer {
    return Buffer.concat([this.#bytes.subarray(this.#at), ...this.#waiting]);
  }

  #reply(): ReadReply | undefined {
    if (this.#left === undefined) {
      const start = this.#at;
      const begun = this.#begin();
      if (begun === undefined) this.#goBack(start);
      if (begun !== true) return begun;
    }
    for (; this.#left !== 0; this.#left = (this.#left ?? 0) - 1) {
      const start = this.#at;
      const entry = this.#entry();
      if (entry === undefined) {
        this.#goBack(start);
        return undefined;
      }
      // One that is gone from the stream has no fields and is left out.
      if (entry !== null) this.#entries.push(entry);
    }
    const entries = this.#entries;
    this.#entries = [];
    this.#left = undefined;
    return entries;
  }

  #goBack(start: number): void {
    this.#needed = Math.max(0, this.#needed - start);
    this.#at = start;
  }

  /** What comes before entries; `true` if entries follow, or none. */
  #begin(): true | number | Error | undefined {
    const type = this.#bytes[this.#at];
    if (type === undefined) return undefined;
    if (type === types.error) return this.#error();
    if (type === types.integer) {
      const number = this.#number(type);
      return number === missing ? undefined : number;
    }
    const streams = this.#number(types.list);
    if (streams === missing) return undefined;
    if (streams > 0) {
      if (this.#number(types.list) === missing || this.#bulk() === missing) return undefined;
      const entries = this.#number(types.list);
      if (entries === missing) return undefined;
      this.#left = entries;
    } else this.#left = 0;
    return true;
  }

  #error(): Error | undefined {
    const end = this.#bytes.indexOf("\r\n", this.#at);
    if (end < 0) return undefined;
    const message = this.#bytes.toString("utf8", this.#at + 1, end);
    this.#at = end + 2;
    return Object.assign(new Error(message), { name: "ReplyError" });
  }

  #entry(): StreamEntry | null | undefined {
    if (this.#number(types.list) === missing) return undefined;
    const idLength = this.#bulk();
    if (idLength === missing) return undefined;
    const id = this.#bytes.toString("latin1", this.#from, this.#from + idLength);
    const parts = this.#number(types.list);
    if (parts === missing) return undefined;
    if (parts === nil) return null;
    let data: Buffer = nothing;
    let metadata: Buffer = nothing;
    for (let part = 0; part < parts; part += 2) {
      const nameLength = this.#bulk();
      const name = this.#from;
      const length = nameLength === missing ? missing : this.#bulk();
      if (length === missing) return undefined;
      if (this.#isName(name, nameLength, "data")) data = this.#bytes.subarray(this.#from, this.#from + length);
      else if (this.#isName(name, nameLength, "metadata"))
        metadata = this.#bytes.subarray(this.#from, this.#from + length);
    }
    return toStreamEntry(id, data, metadata);
  }

  #isName(from: number, length: number, name: "data" | "metadata"): boolean {
    return length === name.length && this.#bytes.toString("latin1", from, from + length) === name;
  }

  /** Length of the bulk at the cursor, which goes behind it. */
  #bulk(): number {
    const length = this.#number(types.bulk);
    if (length === missing || length === nil) return length;
    this.#from = this.#at;
    this.#at += length + 2;
    if (this.#at <= this.#bytes.length) return length;
    this.#needed = this.#at;
    return missing;
  }

  /** The number in the line at the cursor, which goes behind it. */
  #number(type: number): number {
    const bytes = this.#bytes;
    let at = this.#at;
    if (at + 1 >= bytes.length) return missing;
    const found = bytes[at++];
    // A list or a bulk that is not there is written either way.
    const isAbsent = bytes[at] === 45 && (found === types.list || found === types.bulk);
    if (found !== type && !isAbsent) throw new Error("Redis answered with something else than was asked for");
    if (isAbsent) at++;
    let number = 0;
    for (; ; at++) {
      const byte = bytes[at];
      if (byte === undefined) return missing;
      if (byte === cr) break;
      number = number * 10 + byte - 48;
    }
    if (at + 1 >= bytes.length) return missing;
    this.#at = at + 2;
    return isAbsent ? nil : number;
  }
}
