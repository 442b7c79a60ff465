import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "./testing/process-and-folder.js";

const root = join(import.meta.dirname, "../..");
const fixture = join(import.meta.dirname, "../fixtures/absent-engine");

interface Report {
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly failureMessages?: readonly string[] }[];
  }[];
}

/** Runs the fixture's one test on a machine that has no redis-server. */
function runWithoutRedis(ci: string): Report {
  using folder = temporaryFolder();
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", fixture, "--reporter=json"],
    { env: { ...process.env, PATH: folder.path, CI: ci }, encoding: "utf8", timeout: 25_000 },
  );
  return JSON.parse(stdout) as Report;
}

test("tests of an absent engine are skipped under a title that says what to do", () => {
  const report = runWithoutRedis("");
  expect(report).toMatchObject({ numFailedTests: 0, numPendingTests: 1 });
  expect(report.testResults[0]?.assertionResults[0]?.fullName).toBe(
    "what needs redis (redis needs redis-server: npm run engines:install) reads the port",
  );
});

test("on CI a test fails in their place", () => {
  const report = runWithoutRedis("true");
  expect(report).toMatchObject({ numFailedTests: 1, numPendingTests: 0 });
  const [failure] = report.testResults[0]?.assertionResults ?? [];
  expect(failure?.failureMessages?.join()).toContain("nothing may be skipped on CI: redis needs redis-server");
});
