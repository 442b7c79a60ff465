import { expect, test } from "vitest";
import { within } from "./within.js";

test("gives what a promise gives in time, and its failure", async () => {
  expect(await within(Promise.resolve("done"), 10_000, "late")).toBe("done");
  await expect(within(Promise.reject(new Error("broken")), 10_000, "late")).rejects.toThrow("broken");
});

test("stops waiting for what never comes", async () => {
  expect(await within(new Promise(() => undefined), 5, "late")).toBe("late");
});
