const emptyBuffer = Buffer.alloc(0);
const firstCapacity = 256;
/** Up to this length a loop over the characters is faster than a call into native code. */
const shortString = 24;

/**
 * Writes the wire format of protobuf: what the generated `encode` functions call.
 *
 * It has the methods of `@bufbuild/protobuf`'s class of this name that generated code uses; that package's entry costs
 * 20 ms of CPU to load.
 */
export class BinaryWriter {
  private buffer = Buffer.allocUnsafe(firstCapacity);
  private used = 0;
  private readonly forks: number[] = [];

  /** The bytes so far; the writer is empty after it. */
  finish(): Uint8Array {
    const bytes = this.buffer.subarray(0, this.used);
    this.buffer = emptyBuffer;
    this.used = 0;
    return bytes;
  }

  /** Starts a part that has its length before it; {@link BinaryWriter.join} ends it. */
  fork(): this {
    this.reserve(1);
    this.forks.push(++this.used);
    return this;
  }

  /** Ends the part that was started last. */
  join(): this {
    const start = this.forks.pop();
    if (start === undefined) throw new RangeError("There is no part to end");
    const length = this.used - start;
    const extra = varintSize(length) - 1;
    if (extra > 0) {
      this.reserve(extra);
      this.buffer.copyWithin(start + extra, start, this.used);
    }
    this.used = start - 1;
    this.varint(length);
    this.used += length;
    return this;
  }

  /** Also what tags and lengths are written with. */
  uint32(value: number): this {
    if (value >>> 0 !== value) throw new RangeError(`${value} is no uint32`);
    this.reserve(5);
    this.varint(value);
    return this;
  }

  int32(value: number): this {
    if ((value | 0) !== value) throw new RangeError(`${value} is no int32`);
    this.reserve(10);
    if (value >= 0) this.varint(value);
    else this.varint64(BigInt.asUintN(64, BigInt(value)));
    return this;
  }

  int64(value: bigint): this {
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} is no int64`);
    this.reserve(10);
    this.varint64(BigInt.asUintN(64, value));
    return this;
  }

  uint64(value: bigint): this {
    if (BigInt.asUintN(64, value) !== value) throw new RangeError(`${value} is no uint64`);
    this.reserve(10);
    this.varint64(value);
    return this;
  }

  bool(value: boolean): this {
    this.reserve(1);
    this.buffer[this.used++] = value ? 1 : 0;
    return this;
  }

  double(value: number): this {
    this.reserve(8);
    this.used = this.buffer.writeDoubleLE(value, this.used);
    return this;
  }

  bytes(value: Uint8Array): this {
    this.reserve(5 + value.length);
    this.varint(value.length);
    this.buffer.set(value, this.used);
    this.used += value.length;
    return this;
  }

  /** Writes UTF-8; half of a surrogate pair becomes U+FFFD. */
  string(value: string): this {
    if (value.length <= shortString && this.ascii(value)) return this;
    const length = Buffer.byteLength(value);
    this.reserve(5 + length);
    this.varint(length);
    this.used += this.buffer.write(value, this.used, "utf8");
    return this;
  }

  /** Tells whether it could; if not, nothing was written. */
  private ascii(value: string): boolean {
    this.reserve(1 + shortString);
    const { buffer, used } = this;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      buffer[used + 1 + index] = code;
    }
    buffer[used] = value.length;
    this.used = used + 1 + value.length;
    return true;
  }

  private varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.buffer[this.used++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.used++] = rest;
  }

  private varint64(value: bigint): void {
    let low = Number(value & 0xffffffffn);
    let high = Number(value >> 32n);
    while (high > 0) {
      this.buffer[this.used++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.varint(low);
  }

  private reserve(size: number): void {
    const needed = this.used + size;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2, firstCapacity));
    larger.set(this.buffer.subarray(0, this.used));
    this.buffer = larger;
  }
}

function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}
