/** A bit of a string, counted from the highest bit of its first byte; 0 beyond its end. */
export function bitAt(bytes: Buffer, offset: number): 0 | 1 {
  // Offsets have up to 32 bits, and a shift that keeps the sign would make the highest negative.
  const byte = bytes[Math.floor(offset / 8)] ?? 0;
  return ((byte >> (7 - (offset % 8))) & 1) === 1 ? 1 : 0;
}

/** A copy of a string to be changed, with zero bytes at the end if it is short. */
export function grownCopy(bytes: Buffer | undefined, length: number): Buffer {
  const copy = Buffer.alloc(Math.max(length, bytes?.length ?? 0));
  bytes?.copy(copy);
  return copy;
}
