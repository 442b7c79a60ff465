import { describe, expect, it } from "vitest";
import { goDurationMs } from "./go-duration.js";

describe("goDurationMs", () => {
  it.each([
    ["0", 0],
    ["-0", 0],
    ["5s", 5_000],
    ["1h30m", 5_400_000],
    ["1.5s", 1_500],
    [".5s", 500],
    ["1.s", 1_000],
    ["300ms", 300],
    ["250us", 0.25],
    ["250µs", 0.25],
    ["250μs", 0.25],
    ["1000000ns", 1],
    ["-2s", -2_000],
    ["+2s", 2_000],
    ["2h3m4s5ms", 7_384_005],
  ])("reads %s as %d ms", (text, expected) => {
    expect(goDurationMs(text)).toBeCloseTo(expected, 9);
  });

  it.each(["", "5", "s", "1d", "1s ", "one second", "1s2", ".s", "--1s"])("refuses %j", (text) => {
    expect(goDurationMs(text)).toBeUndefined();
  });
});
