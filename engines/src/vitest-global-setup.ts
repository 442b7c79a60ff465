import type { TestProject } from "vitest/node";
import { openEngineBroker } from "./engine-broker.js";

declare module "vitest" {
  interface ProvidedContext {
    /**
     * Where the workers of this run ask for engines; `engine()` and `describeWith()` of `@mecha/engines/vitest` do.
     * Undefined in a run without this setup.
     */
    readonly enginesUrl: string | undefined;
  }
}

/** Lets the whole run share one set of engines: each starts when a test first asks for it, and dies with the run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker = await openEngineBroker();
  project.provide("enginesUrl", broker.url);
  return () => broker.close();
}
