import type { ComponentContext } from "@mecha/spec";

const silent = () => undefined;

/** A context for a component's own tests: name `under-test`, app id `test-app`, a logger that says nothing. */
export function testContext(
  type: string,
  metadata: Readonly<Record<string, string>>,
  overrides: Partial<ComponentContext> = {},
): ComponentContext {
  return {
    name: "under-test",
    type,
    metadata,
    appId: "test-app",
    baseFolder: process.cwd(),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    ...overrides,
  };
}
