import { expect, test } from "vitest";
import { goJson } from "./go-json.js";

test("keys are in the order of their bytes, numbers among them, at every depth", () => {
  const value: unknown = JSON.parse('{"z":[{"b":1,"a":2}],"10":0,"9":0,"A":{},"_":null,"\u{1f600}":1,"\uffee":2}');
  expect(goJson(value)).toBe('{"10":0,"9":0,"A":{},"_":null,"z":[{"a":2,"b":1}],"\uffee":2,"\u{1f600}":1}');
});

test("a key that means something to JavaScript is a key", () => {
  expect(goJson(JSON.parse('{"toJSON":1,"__proto__":{"b":1,"a":2}}'))).toBe('{"__proto__":{"a":2,"b":1},"toJSON":1}');
});

test("what is nested too deeply is refused", () => {
  const value: unknown = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
  expect(() => goJson(value)).toThrow("failed deserializing HTTP body: the value is nested too deeply");
});
