import { expect, it } from "vitest";
import { type Goal, meets } from "./goal.js";

it("holds a ratio against a lower limit, which itself is good enough", () => {
  expect([0.89, 0.9, 1.5].map((ratio) => meets(ratio, ">=0.9"))).toEqual([false, true, true]);
});

it("holds a ratio against an upper limit", () => {
  expect([0.5, 1.2, 1.21].map((ratio) => meets(ratio, "<=1.2"))).toEqual([true, true, false]);
});

it("never takes a measurement that failed for a goal reached", () => {
  expect(meets(Number.NaN, ">=0.9")).toBe(false);
  expect(meets(Number.NaN, "<=0.9")).toBe(false);
});

it("refuses what is no goal", () => {
  for (const text of [">0.9", "0.9", ">=", ">= 0.9", ">=0.9x"]) {
    // The type keeps most of these out; a goal may also come from a file some day.
    expect(() => meets(1, text as Goal)).toThrow(/is no goal/u);
  }
});
