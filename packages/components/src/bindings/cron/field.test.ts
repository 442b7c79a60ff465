import { expect, test } from "vitest";
import { fieldRanges, spellOutField } from "./field.js";

const [, , hours, , months, weekdays] = fieldRanges;

test.each([
  ["*", hours, "*"],
  ["?", hours, "*"],
  ["5,*", hours, "*"],
  ["*/8", hours, "0,8,16"],
  ["*/100", hours, "0"],
  ["3", hours, "3"],
  ["20/2", hours, "20,22"],
  ["9-17/4,9,1", hours, "1,9,13,17"],
  ["+7,07", hours, "7"],
  ["jan-MAR,12", months, "1,2,3,12"],
  ["Sun,fri-6", weekdays, "0,5,6"],
])("%s is spelt out", (text, range, spelled) => {
  expect(range && spellOutField(text, range)).toBe(spelled);
});

test.each(["", ",", "24", "-1", "5-1", "1-2-3", "1/2/3", "*/0", "*/x", "1.5", "jan", "L", "1e3"])(
  "%s is no hour",
  (text) => {
    expect(hours && spellOutField(text, hours)).toBeUndefined();
  },
);
