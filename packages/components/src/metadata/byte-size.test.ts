import { expect, it } from "vitest";
import { parseByteSize } from "./byte-size.js";

it.each([
  ["100", 100],
  ["1k", 1_000],
  ["10Ki", 10_240],
  ["1.5M", 1_500_000],
  ["100Mi", 104_857_600],
  ["-1", -1],
  ["1G", 1e9],
])("reads %s as Kubernetes does", (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

it.each(["", "k", "1kb", "1 Mi", "one"])("knows that %j is no size", (text) => {
  expect(parseByteSize(text)).toBeUndefined();
});
