import type { MeasuredWith } from "../topic-of-parts.js";
import type { InstalledRuntime } from "./install-runtime.js";

/** What each part of the topic measures with. */
export interface PartRun extends MeasuredWith {
  readonly installed: InstalledRuntime;
  /** Folder with a state store in memory. */
  readonly memory: string;
}

/** Name of the store in every folder of components. */
export const store = "bench-state";
