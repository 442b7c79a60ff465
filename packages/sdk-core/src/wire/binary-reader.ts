/** How deep groups of an unknown field may be nested. */
const groupLimit = 100;

/** What follows a tag, by the number in its low three bits. */
export const WireType = { Varint: 0, Bit64: 1, LengthDelimited: 2, StartGroup: 3, EndGroup: 4, Bit32: 5 } as const;

/**
 * Reads the wire format of protobuf: what the generated `decode` functions call. Bytes that are cut off or no protobuf
 * are a `RangeError`.
 *
 * It has the methods of `@bufbuild/protobuf`'s class of this name that generated code uses; that package's entry costs
 * 20 ms of CPU to load.
 */
export class BinaryReader {
  /** Where the next value is read. */
  pos = 0;
  /** How many bytes there are. */
  readonly len: number;
  private readonly buffer: Buffer;

  constructor(bytes: Uint8Array) {
    this.buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.len = bytes.length;
  }

  /** The number of a field and how its value is written (one of {@link WireType}). */
  tag(): [field: number, wireType: number] {
    const tag = this.uint32();
    const field = tag >>> 3;
    const wireType = tag & 7;
    if (field === 0 || wireType > 5) throw new RangeError(`There is no tag ${tag}`);
    return [field, wireType];
  }

  uint32(): number {
    const first = this.buffer[this.pos];
    if (first !== undefined && first < 0x80) {
      this.pos++;
      return first;
    }
    return this.varint().low;
  }

  int32(): number {
    return this.uint32() | 0;
  }

  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  uint64(): bigint {
    const { low, high } = this.varint();
    return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
  }

  bool(): boolean {
    const { low, high } = this.varint();
    return low !== 0 || high !== 0;
  }

  double(): number {
    return this.buffer.readDoubleLE(this.advance(8));
  }

  /** A copy: whoever keeps a small value must not keep the large message that it came in. */
  bytes(): Buffer {
    const length = this.uint32();
    const start = this.advance(length);
    const copy = Buffer.allocUnsafe(length);
    this.buffer.copy(copy, 0, start, start + length);
    return copy;
  }

  /** Reads UTF-8; what is none becomes U+FFFD. */
  string(): string {
    const length = this.uint32();
    const start = this.advance(length);
    return this.buffer.toString("utf8", start, start + length);
  }

  /** Goes over the value of a field that nobody wants. */
  skip(wireType: number): void {
    this.skipNested(wireType, groupLimit);
  }

  private skipNested(wireType: number, limit: number): void {
    if (wireType === WireType.Varint) this.varint();
    else if (wireType === WireType.Bit64) this.advance(8);
    else if (wireType === WireType.LengthDelimited) this.advance(this.uint32());
    else if (wireType === WireType.Bit32) this.advance(4);
    else if (wireType === WireType.StartGroup) this.skipGroup(limit);
    else throw new RangeError(`There is no wire type ${wireType} to skip`);
  }

  private skipGroup(limit: number): void {
    if (limit === 0) throw new RangeError("Groups are nested too deep");
    for (;;) {
      const [, wireType] = this.tag();
      if (wireType === WireType.EndGroup) return;
      this.skipNested(wireType, limit - 1);
    }
  }

  /** Goes on by a length and gives where it began. */
  private advance(length: number): number {
    const start = this.pos;
    if (start + length > this.len) throw new RangeError("The bytes end within a value");
    this.pos = start + length;
    return start;
  }

  private varint(): { readonly low: number; readonly high: number } {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.buffer[this.advance(1)] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return { low: low >>> 0, high: high >>> 0 };
    }
    throw new RangeError("A number has more than ten bytes");
  }
}
