import { isCommandContainer } from "@mecha/spec";
import { endOfLine, incomplete, malformed, numberAt } from "./resp-numbers.js";

/** A command as it passes. */
export interface PassingCommand {
  /** In lower case. */
  readonly name: string;
  /** The first argument, of commands that are named with it. */
  readonly subcommand: string | undefined;
  /** All words, of commands that were asked for as a whole. */
  readonly words: readonly Buffer[] | undefined;
}

/** Who hears of commands as they pass. */
export interface CommandReader {
  /**
   * Takes note of a command that passes as it is, whatever its arguments are. Asked first, as nearly all commands are such ones.
   *
   * @param name - as it was written
   * @returns whether it is such a command
   */
  passes(name: string): boolean;
  /** Whether a command is to be held until it is complete. */
  wantsWhole(name: string): boolean;
  /** Told of a command before it passes; bytes that are returned go in its place. */
  read(command: PassingCommand): Buffer | undefined;
}

/** A client sent what is no command; the connection cannot go on. */
export class CommandFormatError extends Error {
  override readonly name = "CommandFormatError";
}

const asterisk = 42;
const dollar = 36;
const lineFeed = 10;

/** The most that a line may have before its end is seen, as in Redis. */
const maxLineBytes = 64 * 1024;
const maxWords = 2 ** 31 - 1;
/** As Redis's `proto-max-bulk-len`. */
const maxWordBytes = 512 * 1024 * 1024;
const longestName = 64;

interface Head {
  readonly name: string;
  readonly subcommand: string | undefined;
  /** Where what was not looked at begins. */
  readonly end: number;
  readonly wordsLeft: number;
}

/**
 * Finds commands in the bytes that a client sends, wherever these are cut, and lets everything pass as it is but for what the reader
 * replaces. Values are skipped, never copied.
 */
export class CommandFrames {
  readonly #reader: CommandReader;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  /** How many bytes the tail must have before it is worth a look. */
  #needed = 0;
  /** Bytes of the current word that are still to come, with its line's end. */
  #skip = 0;
  #wordsLeft = 0;
  /** Whether the current command does not pass. */
  #dropping = false;

  constructor(reader: CommandReader) {
    this.#reader = reader;
  }

  /** Whether no command is cut in two just now. */
  get atBoundary(): boolean {
    return this.#skip === 0 && this.#wordsLeft === 0 && this.#tailBytes === 0;
  }

  /**
   * Takes bytes and gives those that pass.
   *
   * @throws CommandFormatError for what is no command
   */
  push(chunk: Buffer): readonly Buffer[] {
    const bytes = this.#withTail(chunk);
    if (bytes === undefined) return [];
    const passing: Buffer[] = [];
    let at = 0;
    let from = 0;
    const pass = (end: number): void => {
      if (!this.#dropping && end > from)
        passing.push(from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end));
      from = end;
    };
    for (;;) {
      const next = this.#skipWords(bytes, at);
      const stopped = next < 0;
      at = stopped ? -next - 1 : next;
      if (stopped || at >= bytes.length) break;
      if (this.#dropping) {
        from = at;
        this.#dropping = false;
      }
      const passed = this.#passed(bytes, at);
      if (passed > 0) {
        at = passed;
        continue;
      }
      const head = this.#head(bytes, at);
      if (head === undefined) break;
      const { name, subcommand, end, wordsLeft } = head;
      if (name === "") {
        at = end;
        continue;
      }
      const whole = this.#reader.wantsWhole(name) ? this.#whole(bytes, at) : { words: undefined, end };
      if (whole === undefined) break;
      const replacement = this.#reader.read({ name, subcommand, words: whole.words });
      this.#wordsLeft = whole.words === undefined ? wordsLeft : 0;
      if (replacement !== undefined) {
        pass(at);
        if (replacement.length > 0) passing.push(replacement);
        this.#dropping = true;
      }
      at = whole.end;
    }
    pass(at);
    if (at < bytes.length) this.#keep(bytes.subarray(at));
    else if (this.#skip === 0 && this.#wordsLeft === 0) this.#dropping = false;
    return passing;
  }

  #withTail(chunk: Buffer): Buffer | undefined {
    if (this.#tailBytes === 0) return chunk;
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
    if (this.#tailBytes < this.#needed) return undefined;
    const bytes = Buffer.concat(this.#tail);
    this.#tail = [];
    this.#tailBytes = 0;
    this.#needed = 0;
    return bytes;
  }

  #keep(tail: Buffer): void {
    this.#tail = [tail];
    this.#tailBytes = tail.length;
  }

  /** Goes on to the end of the command; a negative result is where the bytes end before that, minus one. */
  #skipWords(bytes: Buffer, start: number): number {
    let at = start;
    while (this.#skip > 0 || this.#wordsLeft > 0) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, bytes.length - at);
        at += skipped;
        this.#skip -= skipped;
        if (this.#skip > 0) return -at - 1;
      } else {
        const length = wordLengthAt(bytes, at);
        if (length < 0) return -at - 1;
        at = endOfLine(bytes, at);
        this.#skip = length + 2;
        this.#wordsLeft--;
      }
    }
    return at;
  }

  /** Where the name of a command ends that passes as it is; 0 for all that must be looked at. */
  #passed(bytes: Buffer, start: number): number {
    if (bytes[start] !== asterisk) return 0;
    const count = numberAt(bytes, start + 1);
    if (count < 1 || count > maxWords) return 0;
    const first = endOfLine(bytes, start);
    if (bytes[first] !== dollar) return 0;
    const length = numberAt(bytes, first + 1);
    if (length < 1 || length > longestName) return 0;
    const begin = endOfLine(bytes, first);
    const end = begin + length + 2;
    if (end > bytes.length || !this.#reader.passes(bytes.toString("latin1", begin, begin + length))) return 0;
    this.#wordsLeft = count - 1;
    return end;
  }

  /** The beginning of a command; `undefined` until all of it is there. An empty name is a command that Redis ignores. */
  #head(bytes: Buffer, start: number): Head | undefined {
    if (bytes[start] !== asterisk) return inlineAt(bytes, start);
    const count = numberAt(bytes, start + 1);
    if (count === incomplete) return undefined;
    if (count === malformed || count > maxWords) throw new CommandFormatError("invalid multibulk length");
    const first = endOfLine(bytes, start);
    if (count <= 0) return { name: "", subcommand: undefined, end: first, wordsLeft: 0 };
    const word = wordAt(bytes, first);
    if (word === undefined) return undefined;
    const name = word.text.toLowerCase();
    if (count === 1 || !isCommandContainer(name))
      return { name, subcommand: undefined, end: word.end, wordsLeft: count - 1 };
    const second = wordAt(bytes, word.end);
    return second && { name, subcommand: second.text, end: second.end, wordsLeft: count - 2 };
  }

  /** All words of a command; `undefined` until they are there. */
  #whole(bytes: Buffer, start: number): { readonly words: readonly Buffer[]; readonly end: number } | undefined {
    if (bytes[start] !== asterisk) {
      const end = endOfLine(bytes, start);
      return { words: inlineWords(bytes.subarray(start, end)), end };
    }
    const count = numberAt(bytes, start + 1);
    const words: Buffer[] = [];
    let at = endOfLine(bytes, start);
    while (words.length < count) {
      const length = wordLengthAt(bytes, at);
      if (length < 0) return undefined;
      const begin = endOfLine(bytes, at);
      at = begin + length + 2;
      if (at > bytes.length) {
        this.#needed = at - start;
        return undefined;
      }
      words.push(bytes.subarray(begin, begin + length));
    }
    return { words, end: at };
  }
}

/** The length of the word that begins here; negative until its line is complete. */
function wordLengthAt(bytes: Buffer, at: number): number {
  if (at >= bytes.length) return incomplete;
  if (bytes[at] !== dollar) throw new CommandFormatError("expected '$'");
  const length = numberAt(bytes, at + 1);
  if (length === incomplete) return incomplete;
  if (length < 0 || length > maxWordBytes) throw new CommandFormatError("invalid bulk length");
  return length;
}

function wordAt(bytes: Buffer, at: number): { readonly text: string; readonly end: number } | undefined {
  const length = wordLengthAt(bytes, at);
  if (length < 0) return undefined;
  const begin = endOfLine(bytes, at);
  if (begin + length + 2 > bytes.length) {
    // A name that no command has is not worth keeping: the server is to refuse it.
    if (length > longestName) throw new CommandFormatError("too long a name of a command");
    return undefined;
  }
  return { text: bytes.toString("latin1", begin, begin + length), end: begin + length + 2 };
}

function inlineAt(bytes: Buffer, start: number): Head | undefined {
  const end = bytes.indexOf(lineFeed, start);
  if (end < 0) {
    if (bytes.length - start > maxLineBytes) throw new CommandFormatError("too big inline request");
    return undefined;
  }
  const [name, ...rest] = inlineWords(bytes.subarray(start, end + 1)).map((word) => word.toString("latin1"));
  if (name === undefined) return { name: "", subcommand: undefined, end: end + 1, wordsLeft: 0 };
  const lowerCase = name.toLowerCase();
  return {
    name: lowerCase,
    subcommand: isCommandContainer(lowerCase) ? rest[0] : undefined,
    end: end + 1,
    wordsLeft: 0,
  };
}

/** Lines of words are typed by hand; quotes and escapes, which could hide a name, are not taken. */
function inlineWords(line: Buffer): Buffer[] {
  const text = line.toString("latin1");
  if (/["'\\\0]/u.test(text)) throw new CommandFormatError("quotes in inline commands are not supported by Mecha");
  return text
    .split(/[ \t\v\f\r\n]+/u)
    .filter((word) => word !== "")
    .map((word) => Buffer.from(word, "latin1"));
}
