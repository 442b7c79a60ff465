/** The most that one argument may have, as Redis's `proto-max-bulk-len`: 512 MB. */
const maxArgumentBytes = 512 * 1024 * 1024;

/** The most arguments that one command may have, as in Redis. */
const maxArguments = 1024 * 1024;

/** The most that a line may have before its end is seen, as in Redis. */
const maxLineBytes = 64 * 1024;

const lineFeed = 10;
const carriageReturn = 13;
const asterisk = 42;
const dollar = 36;
const minus = 45;
const zero = 48;

/** More digits than any length may have. */
const maxDigits = 10;

/** How much one command may be. */
interface CommandLimits {
  /** Most bytes of one argument. @defaultValue 512 MB, as Redis's `proto-max-bulk-len` */
  readonly argumentBytes: number;
  /** Most arguments, the name included. @defaultValue 1,048,576 */
  readonly arguments: number;
}

/** What a client may send that is known. */
export const usualLimits: CommandLimits = { argumentBytes: maxArgumentBytes, arguments: maxArguments };

/** A client sent what no Redis client sends; `message` is what the server says before it hangs up. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/**
 * Reads commands out of the bytes that a client sends, as they come: arrays of bulk strings, and lines of words
 * (inline commands). Arguments are views of the bytes given.
 */
export class CommandParser {
  /** How much the next command may be. */
  limits: CommandLimits = usualLimits;
  #buffer: Buffer = Buffer.alloc(0);
  /** What came since, while the buffer's end is known to be missing. */
  #later: Buffer[] = [];
  #laterBytes = 0;
  /** How many bytes the argument that is being read lacks. */
  #lacking = 0;
  #position = 0;
  #expected = 0;
  #argumentBytes = -1;
  #arguments: Buffer[] = [];

  /** Whether it waits for nothing. */
  get isEmpty(): boolean {
    return this.#expected === 0 && this.#position >= this.#buffer.length && this.#laterBytes === 0;
  }

  /**
   * Takes bytes and calls `onCommand` with every command that they complete.
   *
   * @throws ProtocolError when the bytes cannot be a command; the parser is of no use after that.
   */
  push(bytes: Buffer, onCommand: (command: Buffer[]) => void): void {
    if (bytes.length < this.#lacking) {
      // Not joined before it is worth it: a value of many chunks would be copied with each of them.
      this.#later.push(bytes);
      this.#laterBytes += bytes.length;
      this.#lacking -= bytes.length;
      return;
    }
    const rest = this.#buffer.length - this.#position;
    this.#buffer =
      rest === 0 && this.#laterBytes === 0
        ? bytes
        : Buffer.concat([this.#buffer.subarray(this.#position), ...this.#later, bytes]);
    this.#later = [];
    this.#laterBytes = this.#lacking = this.#position = 0;
    for (let command = this.#next(); command !== undefined; command = this.#next()) {
      if (command.length > 0) onCommand(command);
    }
  }

  #next(): Buffer[] | undefined {
    if (this.#expected === 0) {
      if (this.#position >= this.#buffer.length) return undefined;
      if (this.#buffer[this.#position] !== asterisk) return this.#inline();
      const count = this.#number(this.limits.arguments, "invalid multibulk length");
      if (count === undefined) return undefined;
      if (count <= 0) return [];
      this.#expected = count;
      this.#arguments = [];
    }
    while (this.#arguments.length < this.#expected) {
      const argument = this.#argument();
      if (argument === undefined) return undefined;
      this.#arguments.push(argument);
    }
    this.#expected = 0;
    return this.#arguments;
  }

  #argument(): Buffer | undefined {
    if (this.#argumentBytes < 0) {
      const first = this.#buffer[this.#position];
      if (first === undefined) return undefined;
      if (first !== dollar) throw new ProtocolError(`expected '$', got '${String.fromCharCode(first)}'`);
      const length = this.#number(this.limits.argumentBytes, "invalid bulk length");
      if (length === undefined) return undefined;
      if (length < 0) throw new ProtocolError("invalid bulk length");
      this.#argumentBytes = length;
    }
    const end = this.#position + this.#argumentBytes;
    if (this.#buffer.length < end + 2) {
      this.#lacking = end + 2 - this.#buffer.length;
      return undefined;
    }
    const argument = this.#buffer.subarray(this.#position, end);
    this.#position = end + 2;
    this.#argumentBytes = -1;
    return argument;
  }

  /** The number after the type's character at the current position; `undefined` until its line is complete. */
  #number(max: number, complaint: string): number | undefined {
    const buffer = this.#buffer;
    const start = this.#position + 1;
    const isNegative = buffer[start] === minus;
    const first = isNegative ? start + 1 : start;
    let value = 0;
    let at = first;
    for (; at < buffer.length; at++) {
      const digit = (buffer[at] ?? 0) - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === buffer.length || (at + 1 === buffer.length && buffer[at] === carriageReturn)) {
      if (at - start > maxLineBytes) throw new ProtocolError("too big count string");
      return undefined;
    }
    if (at === first || at - first > maxDigits || value > max) throw new ProtocolError(complaint);
    if (buffer[at] !== carriageReturn || buffer[at + 1] !== lineFeed) throw new ProtocolError(complaint);
    this.#position = at + 2;
    return isNegative ? -value : value;
  }

  #inline(): Buffer[] | undefined {
    const end = this.#buffer.indexOf(lineFeed, this.#position);
    if (end < 0) {
      if (this.#buffer.length - this.#position > maxLineBytes) throw new ProtocolError("too big inline request");
      return undefined;
    }
    const stop = this.#buffer[end - 1] === carriageReturn && end > this.#position ? end - 1 : end;
    const words = this.#buffer
      .toString("latin1", this.#position, stop)
      .split(/\s+/)
      .filter((word) => word !== "");
    this.#position = end + 1;
    // A web page can have a browser send lines to a port of its machine: what is HTTP ends the connection, as Redis does.
    if (/^(?:post|host:)$/iu.test(words[0] ?? "")) throw new ProtocolError("this is no HTTP server");
    return words.map((word) => Buffer.from(word, "latin1"));
  }
}
