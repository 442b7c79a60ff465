/** Bits of the mantissa of C's `long double` on x86, in which Redis counts INCRBYFLOAT. */
const mantissaBits = 64;

/** Decimal places that Redis writes of such a number. */
const decimalPlaces = 17;

/**
 * A finite number of extended precision: `mantissa * 2 ** exponent`.
 *
 * Redis adds in extended precision and writes 17 decimal places, so that 3 and 0.1 make 3.1; plain doubles would not.
 */
export interface LongDouble {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** Reads a number; `undefined` if it is none, is infinite, or has an exponent out of all reason. */
export function parseLongDouble(bytes: Buffer): LongDouble | undefined {
  const hexadecimal = /^([+-]?)(0x[\da-f]{1,64})$/i.exec(bytes.toString("latin1"));
  if (hexadecimal) return round(BigInt(hexadecimal[2] ?? 0) * (hexadecimal[1] === "-" ? -1n : 1n), 0);
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i.exec(bytes.toString("latin1"));
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  const power = Number(exponent) - fraction.length;
  return power >= 0 ? round(digits * 10n ** BigInt(power), 0) : divide(digits, 10n ** BigInt(-power));
}

/** Adds two numbers. */
export function addLongDoubles(left: LongDouble, right: LongDouble): LongDouble {
  const exponent = Math.min(left.exponent, right.exponent);
  const align = (value: LongDouble): bigint => value.mantissa << BigInt(value.exponent - exponent);
  return round(align(left) + align(right), exponent);
}

/** Writes a number with up to 17 decimal places, without zeros at the end. */
export function formatLongDouble({ mantissa, exponent }: LongDouble): string {
  const scaled = mantissa * 10n ** BigInt(decimalPlaces);
  const fixed = exponent >= 0 ? scaled << BigInt(exponent) : shiftRightToEven(scaled, -exponent);
  const digits = (fixed < 0n ? -fixed : fixed).toString().padStart(decimalPlaces + 1, "0");
  const whole = digits.slice(0, -decimalPlaces);
  const fraction = digits.slice(-decimalPlaces).replace(/0+$/, "");
  const text = fraction === "" ? whole : `${whole}.${fraction}`;
  return fixed < 0n ? `-${text}` : text;
}

function divide(dividend: bigint, divisor: bigint): LongDouble {
  // Enough spare bits that the one rounding at the end is right but for exact ties, which decimals do not hit here.
  const shift = Math.max(0, mantissaBits + 8 + bitLength(divisor) - bitLength(dividend));
  const quotient = (dividend << BigInt(shift)) / divisor;
  const exact = quotient * divisor === dividend << BigInt(shift);
  const sticky = exact ? 0n : dividend < 0n ? -1n : 1n;
  return round(quotient * 2n + sticky, -shift - 1);
}

function round(mantissa: bigint, exponent: number): LongDouble {
  const excess = bitLength(mantissa) - mantissaBits;
  return excess <= 0
    ? { mantissa, exponent }
    : { mantissa: shiftRightToEven(mantissa, excess), exponent: exponent + excess };
}

function shiftRightToEven(value: bigint, bits: number): bigint {
  const negative = value < 0n;
  const absolute = negative ? -value : value;
  const half = 1n << BigInt(bits - 1);
  const rest = absolute & ((1n << BigInt(bits)) - 1n);
  let result = absolute >> BigInt(bits);
  if (rest > half || (rest === half && (result & 1n) === 1n)) result++;
  return negative ? -result : result;
}

function bitLength(value: bigint): number {
  return (value < 0n ? -value : value).toString(2).length;
}
