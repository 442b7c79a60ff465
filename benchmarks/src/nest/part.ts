import type { MeasuredWith } from "../topic-of-parts.js";
import type { InstalledNest } from "./install-nest.js";

/** What each part of the topic measures with. */
export interface PartRun extends MeasuredWith {
  readonly installed: InstalledNest;
  /** Folder with the pub/sub component on the Redis of this run. */
  readonly resources: string;
  readonly redisPort: number;
}

/** Name of the pub/sub component. */
export const pubsub = "bench-events";
