import { malformed, numberAt } from "./resp-numbers.js";

/** Who hears of replies as they pass. */
export interface ReplyReader {
  /** Whether of the reply after so many others, which begins with this type, only has to be known that it came. */
  isPlain(index: number, type: number): boolean;
  /** So many plain replies came. */
  endPlain(count: number): void;
  /** Told of a reply that begins; bytes that are returned go in its place. */
  begin(type: number): Buffer | undefined;
  /** Whether the reply that begins is wanted as a whole when it has ended; `"held"` if it is not to pass before that. */
  wantsWholeReply(type: number): boolean | "held";
  /**
   * Told of a reply that has ended.
   *
   * @param bytes - all of it, if it was wanted as a whole; else the first line of an error, state or array
   * @returns what passes of a reply that was held
   */
  end(type: number, bytes: Buffer, isWhole: boolean): Buffer | undefined;
}

/** The first bytes of replies, by what they are. */
export const replyTypes = { array: 42, error: 45, state: 43, push: 62, bulkError: 33 } as const;

const attribute = 124;
const lineFeed = 10;
/** Whose length stands in their first line. */
const bulks: ReadonlySet<number> = new Set([36, 61, 33]);
/** How many elements each counted one has. */
const aggregates: ReadonlyMap<number, number> = new Map([
  [42, 1],
  [126, 1],
  [62, 1],
  [37, 2],
  [124, 2],
]);

/** Finds replies in the bytes that a server sends, wherever these are cut, and lets them pass as they are but for what the reader replaces. */
export class ReplyFrames {
  readonly #reader: ReplyReader;
  /** An incomplete line. */
  #tail: Buffer | undefined;
  #skip = 0;
  /** Elements of the current reply that are still to come; 0 between replies. */
  #elements = 0;
  #type = 0;
  #dropping = false;
  #isHeld = false;
  #head: Buffer = nothing;
  #whole: Buffer[] | undefined;

  constructor(reader: ReplyReader) {
    this.#reader = reader;
  }

  /** Takes note of bytes that are nothing but whole plain replies, and so pass as they are: nearly all are such. */
  passes(chunk: Buffer): boolean {
    if (this.#tail !== undefined || this.#elements > 0 || this.#skip > 0) return false;
    const count = this.#plainReplies(chunk);
    if (count === 0) return false;
    this.#reader.endPlain(count);
    return true;
  }

  /** Takes bytes and gives those that pass. */
  push(chunk: Buffer): readonly Buffer[] {
    const bytes = this.#tail === undefined ? chunk : Buffer.concat([this.#tail, chunk]);
    this.#tail = undefined;
    const passing: Buffer[] = [];
    let at = 0;
    let from = 0;
    let wholeFrom = 0;
    const pass = (end: number): void => {
      if (!this.#dropping && end > from)
        passing.push(from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end));
      from = end;
    };
    while (at < bytes.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, bytes.length - at);
        at += skipped;
        this.#skip -= skipped;
        if (this.#skip > 0) break;
      } else {
        const type = bytes[at] ?? 0;
        const next = lineEnd(bytes, at);
        if (next === undefined) break;
        if (this.#elements === 0) {
          this.#elements = 1;
          this.#type = type;
          const replacement = this.#reader.begin(type);
          if (replacement !== undefined) {
            pass(at);
            if (replacement.length > 0) passing.push(replacement);
            this.#dropping = true;
          }
          const wanted = this.#reader.wantsWholeReply(type);
          this.#whole = wanted === false ? undefined : [];
          if (wanted === "held") {
            pass(at);
            this.#dropping = this.#isHeld = true;
          }
          wholeFrom = at;
          this.#head = needsHead(type) ? bytes.subarray(at, next) : nothing;
        }
        this.#element(bytes, at, type);
        at = next;
      }
      if (this.#elements === 0 && this.#skip === 0) {
        if (this.#dropping) from = at;
        this.#dropping = false;
        const whole = this.#whole;
        this.#whole = undefined;
        whole?.push(bytes.subarray(wholeFrom, at));
        const isHeld = this.#isHeld;
        this.#isHeld = false;
        const bytesOfReply = whole === undefined ? this.#head : Buffer.concat(whole);
        const rewritten = this.#reader.end(this.#type, bytesOfReply, whole !== undefined);
        if (isHeld) passing.push(rewritten ?? bytesOfReply);
      }
    }
    pass(at);
    this.#whole?.push(bytes.subarray(wholeFrom, at));
    if (at < bytes.length) this.#tail = bytes.subarray(at);
    return passing;
  }

  /** How many replies a chunk consists of, if they are all plain, and whole; else 0. */
  #plainReplies(bytes: Buffer): number {
    let count = 0;
    let elements = 0;
    let at = 0;
    while (at < bytes.length) {
      const type = bytes[at] ?? 0;
      if (elements === 0) {
        if (!this.#reader.isPlain(count, type) || type === replyTypes.push) return 0;
        count++;
        elements = 1;
      }
      const next = lineEnd(bytes, at);
      if (next === undefined) return 0;
      const items = aggregates.get(type) ?? 0;
      if (type !== attribute) elements--;
      const length = items > 0 || bulks.has(type) ? numberAt(bytes, at + 1) : 0;
      if (length === malformed) return 0;
      at = next;
      if (items > 0 && length > 0) elements += length * items;
      else if (items === 0 && length >= 0 && bulks.has(type)) at += length + 2;
    }
    return at === bytes.length && elements === 0 ? count : 0;
  }

  /** Counts an element, and what it consists of. */
  #element(bytes: Buffer, at: number, type: number): void {
    const items = aggregates.get(type);
    if (items === undefined) {
      this.#elements--;
      if (bulks.has(type)) {
        const length = numberAt(bytes, at + 1);
        if (length >= 0) this.#skip = length + 2;
      }
      return;
    }
    const count = numberAt(bytes, at + 1);
    // An attribute stands before the element that it belongs to.
    if (type !== attribute) this.#elements--;
    if (count > 0 && count !== malformed) this.#elements += count * items;
  }
}

const nothing: Buffer = Buffer.alloc(0);

function needsHead(type: number): boolean {
  return type === replyTypes.error || type === replyTypes.state || type === replyTypes.array;
}

/** Where the line of an element ends; `undefined` until it has. */
function lineEnd(bytes: Buffer, at: number): number | undefined {
  for (let end = at; end < bytes.length; end++) if (bytes[end] === lineFeed) return end + 1;
  return undefined;
}
