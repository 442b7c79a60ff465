import { expect, it } from "vitest";
import { matchesGlob } from "./glob.js";

it.each([
  ["*", "", true],
  ["a*c", "abbc", true],
  ["a*c", "abbd", false],
  ["**a", "bba", true],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["[a-c]x", "bx", true],
  ["[c-a]x", "bx", true],
  ["[^a-c]x", "bx", false],
  ["[ab", "a", true],
  ["[\\]]", "]", true],
  ["\\*", "*", true],
  ["\\*", "x", false],
  ["a", "ab", false],
])("says whether %s matches %s", (pattern, text, expected) => {
  expect(matchesGlob(pattern, text)).toBe(expected);
});
