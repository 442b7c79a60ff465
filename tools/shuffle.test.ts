import { expect, test } from "vitest";
import { shuffle } from "./shuffle.js";

const items = ["a", "b", "c", "d", "e", "f"];

test("a seed gives the same order each time and loses nothing", () => {
  expect(shuffle(items, 7)).toEqual(shuffle(items, 7));
  expect([...shuffle(items, 7)].sort()).toEqual(items);
});

test("over many seeds every item comes first at times", () => {
  const firsts = new Set(Array.from({ length: 100 }, (_, seed) => shuffle(items, seed * 7919)[0]));
  expect(firsts.size).toBe(items.length);
});
