import { registerCount } from "./layout.js";

/** The highest value of a register. */
const maxValue = 50;

/** Corrects the bias of very many registers. */
const alpha = 1 / (2 * Math.LN2);

/**
 * How many different elements the registers speak of, by the estimator of Otmar Ertl ("New cardinality estimation
 * algorithms for HyperLogLog sketches", 2017), as Redis has it.
 */
export function estimate(registers: Uint8Array): bigint {
  const histogram = new Uint32Array(64);
  for (const value of registers) histogram[value] = (histogram[value] ?? 0) + 1;
  const count = (value: number): number => histogram[value] ?? 0;
  let sum = registerCount * tau((registerCount - count(maxValue + 1)) / registerCount);
  for (let value = maxValue; value >= 1; value--) sum = (sum + count(value)) * 0.5;
  sum += registerCount * sigma(count(0) / registerCount);
  const result = (alpha * registerCount * registerCount) / sum;
  return BigInt(Math.floor(result + 0.5));
}

function tau(start: number): number {
  if (start === 0 || start === 1) return 0;
  let [x, y, result] = [start, 1, 1 - start];
  for (let before = NaN; before !== result; ) {
    x = Math.sqrt(x);
    before = result;
    y *= 0.5;
    result -= (1 - x) ** 2 * y;
  }
  return result / 3;
}

function sigma(start: number): number {
  if (start === 1) return Infinity;
  let [x, y, result] = [start, 1, start];
  for (let before = NaN; before !== result; ) {
    x *= x;
    before = result;
    result += x * y;
    y += y;
  }
  return result;
}
