import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { MechaError } from "./mecha-error.js";

test.each([
  ["AbortError", "CANCELLED"],
  ["TimeoutError", "DEADLINE_EXCEEDED"],
  ["Error", "UNKNOWN"],
])("an %s of another realm, as Jest has them, becomes %s", (name, code) => {
  const thrown: unknown = runInNewContext(`Object.assign(new Error("stopped"), { name: "${name}" })`);
  expect(MechaError.from(thrown, "reading")).toMatchObject({ code, message: "reading: stopped", cause: thrown });
});
