/** The smallest integer that Redis keeps. */
export const minInteger = -(2n ** 63n);

/** The largest integer that Redis keeps. */
export const maxInteger = 2n ** 63n - 1n;

/**
 * Reads an integer as Redis does: decimal, without sign `+`, leading zeros or blanks, and within 64 bits.
 * Anything else gives `undefined`.
 */
export function parseInteger(bytes: Buffer | string): bigint | undefined {
  const { length } = bytes;
  if (length === 0 || length > 20) return undefined;
  if (length <= safeDigits) return parseShort(bytes);
  const text = typeof bytes === "string" ? bytes : bytes.toString("latin1");
  if (!/^-?[1-9]\d*$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < minInteger || value > maxInteger ? undefined : value;
}

/** Any so many digits, and a sign, are a number that is exact. */
const safeDigits = 15;
const [minus, zero] = [45, 48];

function parseShort(bytes: Buffer | string): bigint | undefined {
  const codeAt = (index: number): number =>
    typeof bytes === "string" ? bytes.charCodeAt(index) : (bytes[index] ?? Number.NaN);
  const isNegative = codeAt(0) === minus;
  const start = isNegative ? 1 : 0;
  if (codeAt(start) === zero) return bytes.length === 1 ? 0n : undefined;
  let value = 0;
  for (let index = start; index < bytes.length; index++) {
    const digit = codeAt(index) - zero;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  if (start === bytes.length) return undefined;
  return BigInt(isNegative ? -value : value);
}
