import { suiteTitles } from "@mecha/conformance";
import { expect, test } from "vitest";
import {
  type ComponentRow,
  componentShortcomings,
  componentTypes,
  type ReportedTest,
  rowsByType,
  rowsOf,
  suiteTestOf,
} from "./component-rows.js";

const stateSuite = suiteTitles.stateStoreSuite;

function rowsOfTests(...tests: readonly Partial<ReportedTest>[]): ComponentRow[] {
  const whole = tests.map((part) => ({ groups: [], engines: [], outcome: "passed" as const, ...part }));
  return rowsByType(rowsOf(whole.flatMap((each) => suiteTestOf(each) ?? [])));
}

test("a row counts the tests of one suite on one component, and says what it ran against", () => {
  const groups = ["state.sqlite in WAL mode", stateSuite, "bulk"];
  const redis = { groups: ["of a kind", "state.redis", stateSuite], engines: ["redis"] };
  const rows = rowsOfTests(redis, { groups }, { groups }, { ...redis, outcome: "failed" }, { groups: ["state.redis"] });
  const suite = "stateStoreSuite";
  expect(rows).toEqual([
    { component: "state.redis", suite, on: "redis", passed: 1, failed: 1, skipped: 0, result: "fail" },
    { component: "state.sqlite", suite, on: "in WAL mode", passed: 2, failed: 0, skipped: 0, result: "pass" },
  ]);
});

test("a suite without a component above it, one that was skipped, and one that failed are named", () => {
  const lacks = componentShortcomings(
    rowsOfTests(
      { groups: ["something", stateSuite] },
      { groups: ["state.redis (redis needs to be there)", stateSuite], outcome: "skipped" },
      { groups: ["state.sqlite", stateSuite], outcome: "failed" },
    ),
  );
  expect(lacks).toContain(`no component type above something > ${stateSuite}`);
  expect(lacks).toContainEqual(
    expect.stringMatching(/^stateStoreSuite of state\.redis .*0 passed, 0 failed, 1 skipped$/),
  );
  expect(lacks).toContain("stateStoreSuite of state.sqlite (no server): 0 passed, 1 failed, 0 skipped");
});

test("a component that ran no suite, or only that of another kind, is named", () => {
  const lacks = componentShortcomings(rowsOfTests({ groups: ["lock.redis", stateSuite] }));
  expect(lacks).toContain("lock.redis did not run lockStoreSuite");
  expect(lacks).toHaveLength(componentTypes.length);
});
