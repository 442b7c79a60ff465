import type { ExpectStatic } from "vitest";

/**
 * The functions of a test runner that a suite needs; vitest's module has them all, so `import * as test from "vitest"` and
 * pass `test`.
 */
export interface TestFunctions {
  describe(title: string, body: () => void): unknown;
  it(title: string, body: () => Promise<void> | void): unknown;
  beforeAll(body: () => Promise<void> | void): unknown;
  afterAll(body: () => Promise<void> | void): unknown;
  readonly expect: ExpectStatic;
}
