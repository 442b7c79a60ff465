import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { ProbeOptions } from "../probe-process.js";
import { type Installed } from "../installed.js";
import { type MeasuredWith } from "../topic-of-parts.js";
import { type CacheStores, type StoreName } from "./stores.js";

/** What each part of the topic measures with. */
export interface CacheRun extends MeasuredWith {
  readonly installed: Installed;
  readonly stores: CacheStores;
}

/** How a process with the drop-in is run on a store: with its calls counted, in a folder of its own. */
export async function dropInOn(
  { installed, stores }: CacheRun,
  store: StoreName,
  input: object,
): Promise<ProbeOptions> {
  const folder = await mkdtemp(join(installed.folder, "run-"));
  const env = { HOME: folder, MECHA_NAMESPACE: folder, MECHA_CALL_REPORTS: join(folder, "calls") };
  return { installation: installed.ours, folder, input, env: { ...env, ...stores.environments[store] } };
}
