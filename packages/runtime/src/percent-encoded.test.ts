import { expect, test } from "vitest";
import { percentEncoded } from "./percent-encoded.js";

test("a name cannot end its part of a path", () => {
  expect(percentEncoded("a/b?c#d é")).toBe("a%2Fb%3Fc%23d%20%C3%A9");
});

test("half a surrogate pair becomes what it is on a wire", () => {
  expect(percentEncoded("a\ud800")).toBe("a%EF%BF%BD");
});
