const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const infinity = /^([+-]?)inf(?:inity)?$/i;
const hexadecimal = /^([+-]?)0x([\da-f]+)$/i;

/** Reads a floating-point number as Redis does (C's `strtod`, all of the text, not a number excluded). */
export function parseDouble(bytes: Buffer | string): number | undefined {
  const text = typeof bytes === "string" ? bytes : bytes.toString("latin1");
  if (decimal.test(text)) {
    const value = Number(text);
    // An overflow is an error in Redis, the word is not.
    return Number.isFinite(value) ? value : undefined;
  }
  const infinite = infinity.exec(text);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  const hex = hexadecimal.exec(text);
  return hex ? Number(`0x${hex[2] ?? "0"}`) * (hex[1] === "-" ? -1 : 1) : undefined;
}

/**
 * Reads a floating-point number where Redis lets C read it and only looks whether something is left over: the text ends at its first
 * NUL, white space may come before the number, and nothing at all is 0.
 */
export function parseTextOfC(bytes: Buffer): number | undefined {
  const nul = bytes.indexOf(0);
  const text = nul < 0 ? bytes : bytes.subarray(0, nul);
  if (text.length === 0) return 0;
  const start = text.findIndex((byte) => byte !== 32 && (byte < 9 || byte > 13));
  return start < 0 ? undefined : parseDouble(text.subarray(start));
}

/** Writes a floating-point number as Redis 7.0 replies it: C's `%.17g`. */
export function formatDouble(value: number): string {
  if (value === Infinity) return "inf";
  if (value === -Infinity) return "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const scientific = value.toExponential(16);
  const split = scientific.indexOf("e");
  const exponent = Number(scientific.slice(split + 1));
  if (exponent < -4 || exponent >= 17) {
    const digits = String(Math.abs(exponent)).padStart(2, "0");
    return `${withoutTrailingZeros(scientific.slice(0, split))}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  return withoutTrailingZeros(value.toFixed(Math.max(0, 16 - exponent)));
}

function withoutTrailingZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
