/** How integers and lengths begin in a listpack, by the first byte: how many bytes follow, and whether they are a length. */
const wide: ReadonlyMap<number, { readonly bytes: number; readonly isLength: boolean }> = new Map([
  [0xf0, { bytes: 4, isLength: true }],
  [0xf1, { bytes: 2, isLength: false }],
  [0xf2, { bytes: 3, isLength: false }],
  [0xf3, { bytes: 4, isLength: false }],
  [0xf4, { bytes: 8, isLength: false }],
]);

const headerBytes = 6;
const endMark = 0xff;

/** The entries of a listpack, integers as their digits. Throws `RangeError` if it is none. */
export function readListpack(bytes: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  if (bytes.readUInt32LE(0) !== bytes.length) throw new RangeError("A listpack has another length than it says");
  for (let at = headerBytes; bytes.readUInt8(at) !== endMark; ) {
    const { entry, end } = readEntry(bytes, at);
    if (end > bytes.length) throw new RangeError("A listpack ends too early");
    entries.push(entry);
    at = end + backlengthBytes(end - at);
  }
  return entries;
}

function readEntry(bytes: Buffer, at: number): { readonly entry: Buffer; readonly end: number } {
  const first = bytes.readUInt8(at);
  const text = (start: number, length: number): { entry: Buffer; end: number } => {
    return { entry: bytes.subarray(start, start + length), end: start + length };
  };
  const number = (value: bigint | number, end: number): { entry: Buffer; end: number } => {
    return { entry: Buffer.from(String(value)), end };
  };
  if (first < 0x80) return number(first, at + 1);
  if (first < 0xc0) return text(at + 1, first & 0x3f);
  if (first < 0xe0)
    return number((((first & 0x1f) << 8) | bytes.readUInt8(at + 1)) - (first & 0x10 ? 1 << 13 : 0), at + 2);
  if (first < 0xf0) return text(at + 2, ((first & 0x0f) << 8) | bytes.readUInt8(at + 1));
  const form = wide.get(first);
  if (form === undefined) throw new RangeError("A listpack has an entry of an unknown kind");
  if (form.isLength) return text(at + 5, bytes.readUInt32LE(at + 1));
  const end = at + 1 + form.bytes;
  return number(form.bytes === 8 ? bytes.readBigInt64LE(at + 1) : bytes.readIntLE(at + 1, form.bytes), end);
}

/** How many bytes say how long an entry was. */
function backlengthBytes(length: number): number {
  return [127, 16_383, 2_097_151, 268_435_455].filter((most) => length > most).length + 1;
}

/** Makes a listpack of integers and texts. */
export function writeListpack(entries: readonly (bigint | Buffer)[]): Buffer {
  const written = entries.flatMap((entry) => {
    const bytes = typeof entry === "bigint" ? writeInteger(entry) : writeText(entry);
    return [bytes, backlength(bytes.length)];
  });
  const bytes = Buffer.concat([Buffer.alloc(headerBytes), ...written, Buffer.of(endMark)]);
  bytes.writeUInt32LE(bytes.length, 0);
  // As many as there is room for: beyond that they are to be counted.
  bytes.writeUInt16LE(Math.min(entries.length, 0xffff), 4);
  return bytes;
}

function writeInteger(value: bigint): Buffer {
  if (value >= 0n && value < 128n) return Buffer.of(Number(value));
  const width = [2, 3, 4].find((bytes) => BigInt.asIntN(bytes * 8, value) === value);
  if (width === undefined) {
    const bytes = Buffer.alloc(9, 0xf4);
    bytes.writeBigInt64LE(BigInt.asIntN(64, value), 1);
    return bytes;
  }
  // 0xf1, 0xf2 and 0xf3.
  const bytes = Buffer.alloc(1 + width, 0xef + width);
  bytes.writeIntLE(Number(value), 1, width);
  return bytes;
}

function writeText(text: Buffer): Buffer {
  if (text.length < 1 << 6) return Buffer.concat([Buffer.of(0x80 | text.length), text]);
  if (text.length < 1 << 12) return Buffer.concat([Buffer.of(0xe0 | (text.length >> 8), text.length & 0xff), text]);
  const head = Buffer.alloc(5, 0xf0);
  head.writeUInt32LE(text.length, 1);
  return Buffer.concat([head, text]);
}

/** How long an entry was, to be read from its end: seven bits a byte, all but the first marked. */
function backlength(length: number): Buffer {
  const size = backlengthBytes(length);
  return Buffer.from(
    Array.from({ length: size }, (_, index) => {
      const bits = Math.floor(length / 128 ** (size - 1 - index)) % 128;
      return index === 0 ? bits : bits | 0x80;
    }),
  );
}
