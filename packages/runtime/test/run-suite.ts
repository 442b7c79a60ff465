import { collectSuite, daprApiSuite, type DaprApiRun, type DaprApiTarget } from "@mecha/conformance";
import { expect } from "vitest";

/** What became of the tests of a suite. */
export interface SuiteResult {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

/**
 * Runs the suite by itself and says which of its tests fail, to prove that they can.
 *
 * @param only - titles of the tests to run
 * @param patienceMs - how long a test may wait for what never comes
 */
export async function runDaprApiSuite(
  open: () => Promise<DaprApiTarget>,
  run: DaprApiRun,
  only: RegExp,
  patienceMs = 1_500,
): Promise<SuiteResult> {
  const suite = collectSuite(expect, (test) => daprApiSuite(test, open, run));
  await suite.open();
  const passed: string[] = [];
  const failed: string[] = [];
  for (const test of suite.tests) {
    if (!only.test(test.title)) continue;
    const list = (await test.run(patienceMs)) === undefined ? passed : failed;
    list.push(test.title);
  }
  await suite.close();
  return { passed, failed };
}
