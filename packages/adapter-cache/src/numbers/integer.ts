/** The smallest integer that Redis keeps. */
export const minInteger = -(2n ** 63n);

/** The largest integer that Redis keeps. */
export const maxInteger = 2n ** 63n - 1n;

/**
 * Reads an integer as Redis does: decimal, without sign `+`, leading zeros or blanks, and within 64 bits.
 * Anything else gives `undefined`.
 */
export function parseInteger(bytes: Buffer | string): bigint | undefined {
  if (bytes.length === 0 || bytes.length > 20) return undefined;
  const text = typeof bytes === "string" ? bytes : bytes.toString("latin1");
  if (!/^(?:0|-?[1-9]\d*)$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < minInteger || value > maxInteger ? undefined : value;
}
