import { expect, test } from "vitest";
import { collectSuite } from "./collect-suite.js";

test("runs a suite by hand: what comes before and after it, and each test with its outcome", async () => {
  const events: string[] = [];
  const suite = collectSuite(expect, ({ describe, it, beforeAll, afterAll, expect: assert }) => {
    describe("outer", () => {
      beforeAll(() => void events.push("open"));
      afterAll(() => void events.push("close"));
      it("passes", () => void events.push("passes"));
      describe("inner", () => {
        it("fails", () => assert(1).toBe(2));
        it("hangs", () => new Promise(() => undefined));
      });
    });
  });
  expect(events).toEqual([]);
  await suite.open();
  const outcomes = new Map<string, string | undefined>();
  for (const { title, run } of suite.tests) outcomes.set(title, (await run(20))?.message);
  await suite.close();
  expect(events).toEqual(["open", "passes", "close"]);
  expect(outcomes.get("outer > passes")).toBeUndefined();
  expect(outcomes.get("outer > inner > fails")).toContain("expected 1 to be 2");
  expect(outcomes.get("outer > inner > hangs")).toContain("did not end within 20 ms");
});
