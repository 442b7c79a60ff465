/** The line is not complete yet. */
export const incomplete = -2;

/** The line holds no number. */
export const malformed = -3;

const maxDigits = 19;
const carriageReturn = 13;
const lineFeed = 10;
const minus = 45;
const zero = 48;

/**
 * Reads a number that stands before a line's end, as in `*3\r\n` and `$-1\r\n`; strictly, so that nobody reads it otherwise.
 *
 * @param start - after the type's character
 * @returns the number (`-1` for every negative one), {@link incomplete} or {@link malformed}
 */
export function numberAt(bytes: Buffer, start: number): number {
  let value = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= zero && byte < zero + 10) {
      if (at - start > maxDigits) return malformed;
      value = value * 10 + byte - zero;
    } else if (byte === carriageReturn) {
      if (at === start) return malformed;
      if (at + 1 === bytes.length) return incomplete;
      return bytes[at + 1] === lineFeed ? value : malformed;
    } else if (byte === minus && at === start) {
      return negativeAt(bytes, at + 1);
    } else return malformed;
  }
  return bytes.length - start > maxDigits + 2 ? malformed : incomplete;
}

function negativeAt(bytes: Buffer, start: number): number {
  const value = numberAt(bytes, start);
  if (bytes[start] === minus) return malformed;
  return value < 0 ? value : -1;
}

/** Where the line that begins at `start` ends, its line feed included; the line is known to be complete. */
export function endOfLine(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] !== lineFeed) at++;
  return at + 1;
}
