import { expect, it } from "vitest";
import { parseInteger } from "./integer.js";

const accepted =
  "0 1 -1 10 -10 999999999999999 -99999999999999 100000000000000 9223372036854775807 -9223372036854775808".split(" ");
const refused = [
  "",
  "-",
  "-0",
  "00",
  "01",
  "+1",
  " 1",
  "1 ",
  "1.0",
  "1e3",
  "x",
  "1x",
  "9223372036854775808",
  "-9223372036854775809",
];

it("reads what Redis takes for an integer, from bytes and from text", () => {
  for (const text of accepted) {
    expect(parseInteger(text)).toBe(BigInt(text));
    expect(parseInteger(Buffer.from(text))).toBe(BigInt(text));
  }
});

it("takes nothing else", () => {
  for (const text of refused) {
    expect([text, parseInteger(text)]).toEqual([text, undefined]);
    expect([text, parseInteger(Buffer.from(text))]).toEqual([text, undefined]);
  }
});
