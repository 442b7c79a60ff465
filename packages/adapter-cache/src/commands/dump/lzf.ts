/** Unpacks what Redis packed with LZF. Throws `RangeError` if it is none. */
export function unpackLzf(packed: Buffer, length: number): Buffer {
  const out = Buffer.alloc(length);
  let to = 0;
  for (let at = 0; at < packed.length; ) {
    const control = packed.readUInt8(at++);
    if (control < 32) {
      // So many bytes as they are.
      const count = control + 1;
      if (to + count > length || at + count > packed.length) throw new RangeError("LZF is longer than it says");
      to += packed.copy(out, to, at, at + count);
      at += count;
      continue;
    }
    // Bytes that were there before: how many, and how far back.
    let count = control >> 5;
    if (count === 7) count += packed.readUInt8(at++);
    const from = to - ((control & 31) << 8) - packed.readUInt8(at++) - 1;
    if (from < 0 || to + count + 2 > length) throw new RangeError("LZF refers to what is not there");
    // One by one: they may overlap with what is written.
    for (let index = 0; index < count + 2; index++) out[to++] = out[from + index] ?? 0;
  }
  if (to !== length) throw new RangeError("LZF is shorter than it says");
  return out;
}
