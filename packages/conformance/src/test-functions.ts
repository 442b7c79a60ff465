import type { ExpectStatic } from "vitest";

/**
 * The functions of a test runner that a suite needs; vitest's module has them all, so `import * as test from "vitest"` and
 * pass `test`.
 */
export interface TestFunctions {
  /** Names a group of tests. */
  readonly describe: (title: string, body: () => void) => unknown;
  /** Defines a test. */
  readonly it: (title: string, body: () => Promise<void> | void) => unknown;
  /** Runs once before the tests of its group. */
  readonly beforeAll: (body: () => Promise<void> | void) => unknown;
  /** Runs once after the tests of its group. */
  readonly afterAll: (body: () => Promise<void> | void) => unknown;
  /** Makes an assertion. */
  readonly expect: ExpectStatic;
}
