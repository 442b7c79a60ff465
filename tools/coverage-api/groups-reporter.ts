import { writeFile } from "node:fs/promises";
import type { TestCase, TestModule } from "vitest/node";
import type { Reporter } from "vitest/reporters";
import type { ReportedTest } from "./component-rows.js";
import { groupsVariable } from "./environment.js";

/** Writes the tests that ran, by their groups, into the file that a variable names. A module that did not load is a test that failed. */
export default class GroupsReporter implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const tests = modules.flatMap((module) => [
      ...[...module.children.allTests()].map(reportedTestOf),
      ...module.errors().map((): ReportedTest => ({ groups: [module.moduleId], engines: [], outcome: "failed" })),
    ]);
    await writeFile(process.env[groupsVariable] ?? "", JSON.stringify(tests));
  }
}

function reportedTestOf(test: TestCase): ReportedTest {
  const groups: string[] = [];
  for (let { parent } = test; parent.type === "suite"; { parent } = parent) groups.unshift(parent.name);
  const { state } = test.result();
  return { groups, engines: test.meta().engines ?? [], outcome: state === "pending" ? "skipped" : state };
}
