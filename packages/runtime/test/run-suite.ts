import { daprApiSuite, type DaprApiRun, type DaprApiTarget, type TestFunctions } from "@mecha/conformance";
import { expect } from "vitest";

type Body = () => Promise<void> | void;

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
  const tests: { readonly title: string; readonly body: Body }[] = [];
  const [before, after]: [Body[], Body[]] = [[], []];
  const collect: TestFunctions = {
    describe: (_, body) => body(),
    it: (title, body) => {
      if (only.test(title)) tests.push({ title, body });
    },
    beforeAll: (body) => void before.push(body),
    afterAll: (body) => void after.push(body),
    expect,
  };
  daprApiSuite(collect, open, run);
  for (const body of before) await body();
  const passed: string[] = [];
  const failed: string[] = [];
  for (const { title, body } of tests) {
    const list = (await passes(body, patienceMs)) ? passed : failed;
    list.push(title);
  }
  for (const body of after) await body();
  return { passed, failed };
}

async function passes(body: Body, patienceMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), patienceMs);
  });
  const outcome = (async () => body())().then(
    () => true,
    () => false,
  );
  const result = await Promise.race([outcome, impatience]);
  clearTimeout(timer);
  return result;
}
