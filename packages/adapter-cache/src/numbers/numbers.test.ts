import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDouble, parseDouble } from "./double.js";
import { parseInteger } from "./integer.js";
import { addLongDoubles, formatLongDouble, parseLongDouble } from "./long-double.js";

describe("an integer", () => {
  it.each(["0", "-1", "9223372036854775807", "-9223372036854775808"])("is read from %s", (text) => {
    expect(parseInteger(Buffer.from(text))).toBe(BigInt(text));
  });
  it.each(["", "-", "+1", "01", "-0", " 1", "1 ", "1.0", "9223372036854775808", "1e3", "0x1"])(
    "is not read from '%s'",
    (text) => {
      expect(parseInteger(Buffer.from(text))).toBeUndefined();
    },
  );
});

describe("a double", () => {
  it.each([
    [3, "3"],
    [3.3, "3.2999999999999998"],
    [0.1, "0.10000000000000001"],
    [1e21, "1e+21"],
    [1.5e-7, "1.4999999999999999e-07"],
    [123456789012345680, "1.2345678901234568e+17"],
    [-Infinity, "-inf"],
  ])("is written as C's %%.17g: %d", (value, text) => {
    expect(formatDouble(value)).toBe(text);
  });

  it("survives being written and read", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(parseDouble(Buffer.from(formatDouble(value)))).toBe(value);
      }),
    );
  });
});

describe("a long double", () => {
  const add = (left: string, right: string): string => {
    const [first, second] = [left, right].map((text) => parseLongDouble(Buffer.from(text)));
    return formatLongDouble(addLongDoubles(first!, second!));
  };

  it.each([
    ["3.0", "0.1", "3.1"],
    ["0.1", "0.2", "0.3"],
    ["1e2", "-100", "0"],
    ["5.0e3", "200", "5200"],
    ["10.5", "0.1", "10.6"],
    ["-1", "0.5", "-0.5"],
    ["1e18", "1", "1000000000000000001"],
  ])("is added in extended precision: %s and %s", (left, right, sum) => {
    expect(add(left, right)).toBe(sum);
  });
});
