import { expect, test } from "vitest";
import { findJob, type JobHandler } from "./job-handler.js";

test.each([
  ["close", "close"],
  ["close-cart-42", "close-*"],
  ["close-", "close-*"],
  ["close-order-42", "close-order-*"],
  ["closed", "*"],
])("job %s is for the handler of %s", (job, name) => {
  const names = ["*", "close", "close-order-*", "close-*"];
  const handlers = new Map<string, JobHandler>(names.map((each) => [each, () => undefined]));
  expect(findJob(handlers, job)).toBe(handlers.get(name));
});

test("a job that no name fits has no handler", () => {
  expect(findJob(new Map([["close-*", () => undefined]]), "open-1")).toBeUndefined();
});
