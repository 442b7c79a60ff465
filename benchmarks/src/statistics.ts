/**
 * The middle of the values; of an even number, the mean of the two in the middle.
 *
 * @throws RangeError without values
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("there is no median of no values");
  return (lower + upper) / 2;
}

/** Two measurements that were taken one right after the other. */
export interface Pair {
  readonly ours: number;
  readonly peer: number;
}

/**
 * The median of ours / peer, taken pair by pair: what slowed the machine down for a while slowed both halves of a pair
 * down, and leaves their ratio alone.
 */
export function medianRatio(pairs: readonly Pair[]): number {
  return median(pairs.map(({ ours, peer }) => ours / peer));
}

/** Rounded to three significant digits; what is measured has no more. */
export function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}
