import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { suiteTitles } from "@mecha/conformance";
import { root } from "../workspace.js";
import { type ComponentRow, type ReportedTest, rowsOf, suiteTestOf } from "./component-rows.js";
import { groupsVariable } from "./environment.js";
import { runVitest } from "./run-vitest.js";

const project = "components";

/** Runs the suites of the components under vitest, and nothing else of their tests. */
export async function findComponentRows(folder: string): Promise<readonly ComponentRow[]> {
  const results = join(folder, "groups.json");
  await runVitest(
    [
      "run",
      ...["--project", project],
      ...["--testNamePattern", Object.values(suiteTitles).join("|")],
      ...["--reporter", "default", "--reporter", join(import.meta.dirname, "groups-reporter.ts")],
      ...(await filesWithSuites()),
    ],
    { [groupsVariable]: results },
  );
  const text = await readFile(results, "utf8").catch(() => "[]");
  const tests = JSON.parse(text) as readonly ReportedTest[];
  return rowsOf(tests.flatMap((test) => suiteTestOf(test) ?? []));
}

/** To load the other test files takes longer than to run the suites of memory. */
async function filesWithSuites(): Promise<string[]> {
  const folder = join(root, "packages", project, "src");
  const files = await readdir(folder, { recursive: true });
  const called = new RegExp(`\\b(${Object.keys(suiteTitles).join("|")})\\(`);
  const withSuites: string[] = [];
  for (const file of files.filter((name) => name.endsWith(".test.ts") && !name.endsWith(".long.test.ts"))) {
    const path = join(folder, file);
    if (called.test(await readFile(path, "utf8"))) withSuites.push(path);
  }
  return withSuites;
}
