import { inject } from "vitest";
import type { EngineAddresses, SharedEngineName } from "./engine.js";
import type {} from "./vitest-global-setup.js";

/** What a hook that waits for an engine should be given: a Java server may start while all cores are busy. */
export const engineStartMs = 180_000;

/**
 * The address of this test run's shared engine, started now if no test asked for it before. Needs the global setup of
 * the root's vitest configuration. Keep apart from other tests by key prefix, topic, group and namespace.
 */
export async function engine<Name extends SharedEngineName>(name: Name): Promise<EngineAddresses[Name]> {
  const url = inject("enginesUrl");
  if (url === undefined)
    throw new Error("no engines in this run: engines/src/vitest-global-setup.ts is not its globalSetup");
  const response = await fetch(`${url}/${name}`);
  const body: unknown = await response.json();
  if (!response.ok) throw new Error((body as { readonly error: string }).error);
  return body as EngineAddresses[Name];
}
