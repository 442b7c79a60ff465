import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { EngineName } from "./engine.js";
import { createScratchFolder } from "./scratch-folder.js";

/** Where a server keeps its files. */
export interface DataFolder {
  readonly path: string;
  /** Whether the folder was made for this one run of the server. */
  readonly throwAway: boolean;
  /** Removes the folder where it is a throw-away one. */
  discard(): void;
}

/** Takes the folder that the caller named, or makes a throw-away one. */
export function openDataFolder(engine: EngineName, named: string | undefined): DataFolder {
  if (named !== undefined) {
    const path = resolve(named);
    mkdirSync(path, { recursive: true });
    return { path, throwAway: false, discard: () => undefined };
  }
  const { path, remove } = createScratchFolder(engine);
  return { path, throwAway: true, discard: remove };
}
