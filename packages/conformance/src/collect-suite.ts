import type { ExpectStatic } from "vitest";
import type { TestFunctions } from "./test-functions.js";
import { within } from "./within.js";

/** A test of a suite that is run by hand. */
export interface CollectedTest {
  /** The titles of its groups and its own, joined by ` > `. */
  readonly title: string;
  /**
   * Runs it once.
   *
   * @param patienceMs - how long it may wait for what never comes
   * @returns why it failed; undefined if it passed
   */
  run(patienceMs: number): Promise<Error | undefined>;
}

/** A suite whose tests are run by hand, each as often as one likes. */
export interface CollectedSuite {
  readonly tests: readonly CollectedTest[];
  /** Runs what comes before the tests. */
  open(): Promise<void>;
  /** Runs what comes after them. */
  close(): Promise<void>;
}

type Body = () => Promise<void> | void;

/**
 * Collects the tests of a suite in place of handing them to a runner, to prove that they can fail: run a suite on something
 * broken, and see which tests notice.
 *
 * @param expect - vitest's; works only while a test of vitest's runs
 * @param declare - declares the suite, for example by {@link daprApiSuite}
 */
export function collectSuite(expect: ExpectStatic, declare: (test: TestFunctions) => void): CollectedSuite {
  const tests: CollectedTest[] = [];
  const [before, after]: [Body[], Body[]] = [[], []];
  const groups: string[] = [];
  declare({
    describe(title, body) {
      groups.push(title);
      body();
      groups.pop();
    },
    it(title, body) {
      tests.push({ title: [...groups, title].join(" > "), run: (patienceMs) => failureOf(body, patienceMs) });
    },
    beforeAll: (body) => void before.push(body),
    afterAll: (body) => void after.push(body),
    expect,
  });
  const runAll = async (bodies: readonly Body[]): Promise<void> => {
    for (const body of bodies) await body();
  };
  // The innermost group ends first.
  return { tests, open: () => runAll(before), close: () => runAll([...after].reverse()) };
}

async function failureOf(body: Body, patienceMs: number): Promise<Error | undefined> {
  const outcome = (async () => body())().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  return within(outcome, patienceMs, new Error(`the test did not end within ${patienceMs} ms`));
}
