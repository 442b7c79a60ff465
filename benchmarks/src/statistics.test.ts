import { expect, it } from "vitest";
import { median, medianRatio, threeDigits } from "./statistics.js";

it("takes the middle value, whatever the order", () => {
  expect(median([9, 1, 4])).toBe(4);
  expect(median([10, 9, 100])).toBe(10);
});

it("takes the mean of the two middle values of an even number", () => {
  expect(median([1, 2, 4, 100])).toBe(3);
});

it("refuses a median of nothing", () => {
  expect(() => median([])).toThrow(RangeError);
});

it("takes the median of the pairs' ratios, not the ratio of the medians", () => {
  // The machine became ten times slower from one pair to the next: the ratio stays.
  const pairs = [
    { ours: 90, peer: 100 },
    { ours: 9, peer: 10 },
    { ours: 800, peer: 1000 },
  ];
  expect(medianRatio(pairs)).toBe(0.9);
});

it("is not moved by one pair that went wrong", () => {
  const pairs = [
    { ours: 1, peer: 1 },
    { ours: 1, peer: 1 },
    { ours: 1, peer: 1000 },
  ];
  expect(medianRatio(pairs)).toBe(1);
});

it("keeps three digits of large and of small figures", () => {
  expect(threeDigits(123_456)).toBe(123_000);
  expect(threeDigits(0.012_345)).toBe(0.0123);
});
