import { parseDouble } from "../numbers/double.js";
import { parseInteger } from "../numbers/integer.js";
import { ErrorReply } from "../resp/reply.js";

/** Up to how many characters V8 copies a part of a text instead of referring to the whole. */
const longestFlatText = 12;

/** The arguments of a command, counted as Redis counts them: 0 is its name. */
export class Arguments {
  readonly #values: (Buffer | string)[];
  #bytesTogether = -1;

  /** @param values - bytes, or text of ASCII characters that stand for themselves; the array belongs to this object then */
  constructor(values: readonly (Buffer | string)[]) {
    this.#values = values as (Buffer | string)[]; // only text is replaced, by the same in bytes
  }

  /** How many bytes all have together. */
  get bytesTogether(): number {
    if (this.#bytesTogether < 0) {
      this.#bytesTogether = 0;
      for (const { length } of this.#values) this.#bytesTogether += length;
    }
    return this.#bytesTogether;
  }

  /** Puts the same bytes in the place of an argument. */
  set(index: number, bytes: Buffer): void {
    this.#values[index] = bytes;
  }

  /** Copies what follows the key, so that it may be kept: bytes of a caller may change, and text may be a part of a far longer one. */
  own(): void {
    for (let index = 2; index < this.#values.length; index++) {
      const value = this.#values[index] ?? "";
      if (typeof value !== "string") this.#values[index] = Buffer.from(value);
      else if (value.length > longestFlatText) this.#values[index] = Buffer.from(value, "latin1");
    }
  }

  /** How many there are, the name included. */
  get count(): number {
    return this.#values.length;
  }

  /** The bytes of an argument. The command's arity says that it is there. */
  bytes(index: number): Buffer {
    const value = this.#values[index];
    if (value === undefined) throw syntaxError();
    if (typeof value !== "string") return value;
    const bytes = Buffer.from(value, "latin1");
    this.#values[index] = bytes;
    return bytes;
  }

  /** Arguments as latin1 text, every one or every so many. */
  texts(from: number, step = 1): string[] {
    const texts: string[] = [];
    for (let index = from; index < this.count; index += step) texts.push(this.text(index));
    return texts;
  }

  /** The bytes from one argument on, up to another or the end. */
  slice(from: number, to?: number): readonly Buffer[] {
    return this.#values
      .slice(from, to)
      .map((value) => (typeof value === "string" ? Buffer.from(value, "latin1") : value));
  }

  /** An argument's bytes as latin1 text, as members of containers are kept. */
  text(index: number): string {
    const value = this.#values[index];
    if (value === undefined) throw syntaxError();
    return typeof value === "string" ? value : value.toString("latin1");
  }

  /** An argument as it is repeated in error messages: up to its first zero byte, where C ends text. */
  shown(index: number): string {
    return this.text(index).split("\0", 1)[0] ?? "";
  }

  /** An argument as an option's name: upper case; empty if there is none. */
  keyword(index: number): string {
    return index < this.count ? this.text(index).toUpperCase() : "";
  }

  /** An integer of 64 bits. */
  integer(index: number, complaint = "ERR value is not an integer or out of range"): bigint {
    const value = parseInteger(this.#textOrBytes(index));
    if (value === undefined) throw new ErrorReply(complaint);
    return value;
  }

  /** An integer of 64 bits as a number; precise as far as positions and counts go. */
  position(index: number): number {
    return Number(this.integer(index));
  }

  #textOrBytes(index: number): Buffer | string {
    const value = this.#values[index];
    if (value === undefined) throw syntaxError();
    return value;
  }

  /** A floating-point number. */
  double(index: number, complaint = "ERR value is not a valid float"): number {
    const value = parseDouble(this.#textOrBytes(index));
    if (value === undefined) throw new ErrorReply(complaint);
    return value;
  }
}

/** What Redis says of arguments that make no sense together. */
export function syntaxError(): ErrorReply {
  return new ErrorReply("ERR syntax error");
}

/** What Redis says of a wrong number of arguments. */
export function arityError(name: string): ErrorReply {
  return new ErrorReply(`ERR wrong number of arguments for '${name}' command`);
}
