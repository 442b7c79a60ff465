import { parseTextOfC } from "../../numbers/double.js";
import { ErrorReply } from "../../resp/reply.js";

/** How elements are compared. */
export interface Order {
  /** As bytes, not as numbers. */
  readonly alpha: boolean;
  readonly descending: boolean;
}

/**
 * Sorts elements by their weights, and by themselves where numbers are equal.
 *
 * @param weights - one for each element; `undefined` counts as 0, and as bytes it comes first
 */
export function sortElements(
  elements: readonly Buffer[],
  weights: readonly (Buffer | undefined)[],
  { alpha, descending }: Order,
): Buffer[] {
  const sign = descending ? -1 : 1;
  if (alpha) {
    const pairs = elements.map((element, index) => ({ element, weight: weights[index] }));
    pairs.sort((left, right) => sign * compareWeights(left.weight, right.weight));
    return pairs.map(({ element }) => element);
  }
  const scored = elements.map((element, index) => ({ element, score: toScore(weights[index]) }));
  scored.sort((left, right) => {
    if (left.score !== right.score) return left.score < right.score ? -sign : sign;
    return sign * Buffer.compare(left.element, right.element);
  });
  return scored.map(({ element }) => element);
}

function compareWeights(left: Buffer | undefined, right: Buffer | undefined): number {
  if (left === undefined || right === undefined) return Number(right === undefined) - Number(left === undefined);
  return Buffer.compare(left, right);
}

function toScore(weight: Buffer | undefined): number {
  if (weight === undefined) return 0;
  const score = parseTextOfC(weight);
  if (score === undefined) throw new ErrorReply("ERR One or more scores can't be converted into double");
  return score;
}
