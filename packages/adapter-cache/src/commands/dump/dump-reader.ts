import { unpackLzf } from "./lzf.js";

/** Reads numbers and texts as RDB files have them. Throws `RangeError` at the end. */
export class DumpReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }

  double(): number {
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  length(): number {
    const first = this.byte();
    return first >= 0xc0 ? unknown() : this.#length(first);
  }

  /** A length that counts something else than bytes of this dump. */
  wideLength(): bigint {
    const first = this.byte();
    if (first === 0x81) return this.#take(8).readBigUInt64BE();
    return first >= 0xc0 ? unknown() : BigInt(this.#length(first));
  }

  /** Milliseconds since 1970. */
  time(): number {
    return Number(this.#take(8).readBigInt64LE());
  }

  bytes(count: number): Buffer {
    return this.#take(count);
  }

  text(): Buffer {
    const first = this.byte();
    if (first < 0xc0) return this.#take(this.#length(first));
    // Short integers, and packed texts.
    switch (first & 0x3f) {
      case 0:
        return Buffer.from(String(this.#take(1).readInt8()));
      case 1:
        return Buffer.from(String(this.#take(2).readInt16LE()));
      case 2:
        return Buffer.from(String(this.#take(4).readInt32LE()));
      case 3: {
        const [packed, length] = [this.length(), this.length()];
        return unpackLzf(this.#take(packed), length);
      }
      default:
        return unknown();
    }
  }

  texts(count: number): Buffer[] {
    // Each has a byte at least: a count beyond that is none.
    if (count > this.#bytes.length) unknown();
    return Array.from({ length: count }, () => this.text());
  }

  #length(first: number): number {
    if (first < 0x40) return first;
    if (first < 0x80) return ((first & 0x3f) << 8) | this.byte();
    if (first === 0x80) return this.#take(4).readUInt32BE();
    const long = first === 0x81 ? this.#take(8).readBigUInt64BE() : unknown();
    return long > BigInt(this.#bytes.length) ? unknown() : Number(long);
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) unknown();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

function unknown(): never {
  throw new RangeError("A dump ends too early, or has a form that is not known");
}
