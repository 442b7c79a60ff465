import { lstatSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { createScratchFolder } from "@mecha/engines";
import type { Box } from "./fuzz-target.js";

/** How deep a box lies below its own temporary folder, so that a way out leads into what is looked at. */
const depth = ["a", "b", "c"];
const canary = "the-canary-sings";

/** A box, and whether what lies around it is still as it was. */
export interface WatchedBox extends Box, AsyncDisposable {
  /** Says what changed around the box; `undefined` if nothing did. */
  escaped(): string | undefined;
}

/** Makes folders for a target. */
export async function createBox(): Promise<WatchedBox> {
  const scratch = createScratchFolder("fuzz");
  const root = scratch.path;
  const folder = join(root, ...depth, "box");
  await mkdir(join(folder, "files"), { recursive: true });
  const around = [root, ...depth.map((_, index) => join(root, ...depth.slice(0, index + 1)))];
  const files = around.map((level) => join(level, "canary.json"));
  for (const file of files) await writeFile(file, JSON.stringify({ canary }));
  // What a link in the binding's folder names lies outside of it.
  await symlink(join(root, "a"), join(folder, "files", "link"));
  const places = [...around, ...files];
  const before = places.map(stampOf);
  return {
    folder,
    canary,
    escaped() {
      const changed = places.find((place, index) => stampOf(place) !== before[index]);
      return changed === undefined ? undefined : `files outside of the folder changed: ${relative(folder, changed)}`;
    },
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  };
}

/** What changes with a file's content, and with the names in a folder. */
function stampOf(place: string): string {
  const found = lstatSync(place, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? "gone" : `${String(found.mtimeNs)} ${String(found.size)}`;
}
