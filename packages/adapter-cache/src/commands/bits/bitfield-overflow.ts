import type { FieldType, Overflow } from "./bitfield-options.js";

/**
 * Makes a number fit into a field; `undefined` if it does not and overflow fails.
 *
 * Redis finds out with sums of 64 bits that may overflow themselves, which shows in fields of few bits: so do these.
 */
export function fit(
  value: bigint,
  increment: bigint,
  { signed, bits }: FieldType,
  overflow: Overflow,
): bigint | undefined {
  const max = signed ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n;
  const min = signed ? -max - 1n : 0n;
  const upTo = BigInt.asIntN(64, max - value);
  const downTo = BigInt.asIntN(64, min - value);
  const isHigh = value > max || (signed ? isTooMuch(value, increment, bits, upTo) : increment > 0n && increment > upTo);
  const isLow =
    !isHigh &&
    (value < min || (signed ? isTooLittle(value, increment, bits, downTo) : increment < 0n && increment < downTo));
  if (!isHigh && !isLow) return value + increment;
  if (overflow === "FAIL") return undefined;
  if (overflow === "SAT") return isHigh ? max : min;
  return signed ? BigInt.asIntN(bits, value + increment) : BigInt.asUintN(bits, value + increment);
}

function isTooMuch(value: bigint, increment: bigint, bits: number, upTo: bigint): boolean {
  return (bits !== 64 && increment > upTo) || (value >= 0n && increment > 0n && increment > upTo);
}

function isTooLittle(value: bigint, increment: bigint, bits: number, downTo: bigint): boolean {
  return (bits !== 64 && increment < downTo) || (value < 0n && increment < 0n && increment < downTo);
}
