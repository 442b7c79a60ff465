import { expect, test } from "vitest";
import { durationMs } from "./duration.js";

test("durations are read as Go writes them", () => {
  expect(durationMs("500ms")).toBe(500);
  expect(durationMs("1m30s")).toBe(90_000);
  expect(durationMs("1.5h")).toBe(5_400_000);
  expect(durationMs("0")).toBe(0);
});

test("what is no duration is not guessed at", () => {
  for (const text of ["", "5", "5 s", "s", "10x", "-1s"]) expect(durationMs(text)).toBeUndefined();
});
