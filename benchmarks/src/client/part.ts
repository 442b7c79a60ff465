import type { Row } from "../row.js";
import type { InstalledSdks } from "./install-sdks.js";
import type { Sidecars } from "./sidecars.js";

/** What each part of the topic measures with. */
export interface PartRun {
  readonly installed: InstalledSdks;
  readonly sidecars: Sidecars;
  readonly pairs: number;
  readonly report: (line: string) => void;
}

/** Measures one thing. */
export type Part = (run: PartRun) => Promise<readonly Row[]>;
