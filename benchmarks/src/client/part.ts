import type { MeasuredWith } from "../topic-of-parts.js";
import type { InstalledSdks } from "./install-sdks.js";
import type { Sidecars } from "./sidecars.js";

/** What each part of the topic measures with. */
export interface PartRun extends MeasuredWith {
  readonly installed: InstalledSdks;
  readonly sidecars: Sidecars;
}
