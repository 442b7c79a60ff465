import { expect, it } from "vitest";
import { readOptions, usageOf } from "./bench-options.js";
import { type Topic } from "./topic.js";

const topic: Topic = { summary: "things", parts: ["a", "b"], run: () => Promise.resolve([]) };
const topics = { first: topic, second: topic };

it("reads a topic with three pairs and all parts by default", () => {
  expect(readOptions(["first"], topics)).toEqual({ topic: "first", json: false, pairs: 3, parts: [] });
});

it("reads every option", () => {
  const args = ["--json", "second", "--pairs", "7", "--only", "b,a"];
  expect(readOptions(args, topics)).toEqual({ topic: "second", json: true, pairs: 7, parts: ["b", "a"] });
});

it("lists the topics when one is unknown or none is named", () => {
  expect(() => readOptions(["third"], topics)).toThrow("there is no topic third: first, second");
  expect(() => readOptions([], topics)).toThrow("a topic is expected: first, second");
});

it("refuses parts, pairs and options that it does not know", () => {
  expect(() => readOptions(["first", "--only", "a,c"], topics)).toThrow("--only c: first has a, b");
  expect(() => readOptions(["first", "--pairs", "0"], topics)).toThrow("--pairs 0");
  expect(() => readOptions(["first", "--pairs", "many"], topics)).toThrow("--pairs many");
  expect(() => readOptions(["first", "--fast"], topics)).toThrow("--fast");
});

it("names the topics and their parts in its help", () => {
  expect(readOptions(["-h"], topics)).toBe("help");
  expect(usageOf(topics)).toContain("first     things; parts: a, b");
});
