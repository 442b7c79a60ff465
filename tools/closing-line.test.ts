import { expect, test } from "vitest";
import { closingLine, readClosingLine, sumCounts } from "./closing-line.js";

test("what a runner prints last is read back, after anything that looks like it before", () => {
  const output = `1 passed, 1 failed, 0 skipped\nmore\n${closingLine({ passed: 7, failed: 0, skipped: 2 })}\n`;
  expect(readClosingLine(output)).toEqual({ passed: 7, failed: 0, skipped: 2 });
});

test("a runner that ended without a closing line failed", () => {
  expect(readClosingLine("Segmentation fault")).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("runs add up field by field", () => {
  const total = sumCounts([
    { passed: 1, failed: 2, skipped: 3 },
    { passed: 10, failed: 20, skipped: 30 },
  ]);
  expect(total).toEqual({ passed: 11, failed: 22, skipped: 33 });
});
