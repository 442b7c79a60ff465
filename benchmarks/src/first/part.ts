import { type Installed } from "../installed.js";
import { type MeasuredWith } from "../topic-of-parts.js";
import { type Servers } from "./servers.js";

/** What each part of the topic measures with. */
export interface PartRun extends MeasuredWith {
  readonly installed: Installed;
  readonly servers: Servers;
}
