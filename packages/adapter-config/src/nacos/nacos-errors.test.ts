import { MechaError } from "@mecha/sdk-core";
import { expect, it } from "vitest";
import { toNacosError } from "./nacos-errors.js";

it.each([
  [new MechaError("ABORTED", "changed meanwhile"), "NacosServerConflictError"],
  [new MechaError("DEADLINE_EXCEEDED", "too slow"), "ResponseTimeoutError"],
  [new MechaError("UNAVAILABLE", "no answer"), "NacosServerResponseError"],
  [new TypeError("not one of ours"), "NacosServerResponseError"],
])("names the error that the original would have thrown for %s", (thrown, name) => {
  const error = toNacosError(thrown, "GET /v1/cs/configs");
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name, body: thrown.message, cause: thrown });
  expect(error.message).toBe(`GET /v1/cs/configs failed: ${thrown.message}`);
});

it("makes a new error each time, because the client renames what it emits", () => {
  const thrown = new MechaError("UNAVAILABLE", "no answer");
  expect(toNacosError(thrown, "GET /")).not.toBe(toNacosError(thrown, "GET /"));
});
