/** Bytes after their length, as RDB files have texts. */
export function text(bytes: Buffer): readonly [Buffer, Buffer] {
  return [length(bytes.length), bytes];
}

/** Latin1 text after its length. */
export function member(name: string): readonly [Buffer, Buffer] {
  return text(Buffer.from(name, "latin1"));
}

/** A length in as few bytes as it needs: the first two bits say how many. */
export function length(value: number | bigint): Buffer {
  const count = BigInt(value);
  if (count < 1n << 6n) return Buffer.of(Number(count));
  if (count < 1n << 14n) return Buffer.of(0x40 | Number(count >> 8n), Number(count & 0xffn));
  if (count < 1n << 32n) {
    const bytes = Buffer.alloc(5, 0x80);
    bytes.writeUInt32BE(Number(count), 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9, 0x81);
  bytes.writeBigUInt64BE(count, 1);
  return bytes;
}

/** A number with eight bytes. */
export function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** A time in milliseconds. */
export function time(milliseconds: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(Math.trunc(milliseconds)));
  return bytes;
}
