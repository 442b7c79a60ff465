import type { ExpectStatic } from "vitest";

/**
 * The functions of a test runner that a suite needs; vitest's module has them all, so `import * as test from "vitest"` and
 * pass `test`.
 */
export interface TestFunctions {
  readonly describe: (title: string, body: () => void) => unknown;
  readonly it: (title: string, body: () => Promise<void> | void) => unknown;
  readonly beforeAll: (body: () => Promise<void> | void) => unknown;
  readonly afterAll: (body: () => Promise<void> | void) => unknown;
  readonly expect: ExpectStatic;
}
