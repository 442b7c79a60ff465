import type { ConfigurationItem, ConfigurationItems } from "@mecha/spec";
import { createFolderWatches } from "../files/folder-watches.js";
import { changesBetween } from "./changes-between.js";

/** What a file subscription asks of its store. */
export interface WatchedFiles {
  /** Reads what is there now. */
  read(): Promise<ReadonlyMap<string, ConfigurationItem>>;
  /** The folders in which a change matters; they need not exist. */
  folders(): Promise<readonly string[]>;
  onChange(items: ConfigurationItems): Promise<void> | void;
  /** Told in words what went wrong; the subscription goes on. */
  onProblem(problem: string): void;
}

/** How often files are looked at although the system announced no change (network file systems announce none). */
const pollMs = 2_000;

/** Starts to watch; changes from the moment it resolves are reported. Nothing here keeps the process alive. */
export async function watchFiles(files: WatchedFiles): Promise<{ close(): Promise<void> }> {
  const watches = createFolderWatches(scan);
  let known: ReadonlyMap<string, ConfigurationItem> | undefined;
  let state: "open" | "closed" = "open";
  const isOpen = (): boolean => state === "open";
  let isWanted = false;
  let isScanning = false;

  /** Looks again, now or once the look under way is over; so there is never more than one call of `onChange`. */
  function scan(): void {
    isWanted = true;
    if (!isScanning) void scanWhileWanted();
  }

  async function scanWhileWanted(): Promise<void> {
    isScanning = true;
    while (isWanted && isOpen()) {
      isWanted = false;
      try {
        await look();
      } catch (error) {
        if (isOpen()) files.onProblem(`watching failed, trying again in ${String(pollMs / 1_000)} s: ${String(error)}`);
      }
    }
    isScanning = false;
  }

  async function look(): Promise<void> {
    // The watches first: what changes after them is announced, what changed before them is read.
    await watches.cover(await files.folders());
    const current = await files.read();
    const changes = changesBetween(known ?? current, current);
    known = current;
    if (changes.size > 0 && isOpen()) await files.onChange(changes);
  }

  try {
    await look();
  } catch (error) {
    watches.close();
    throw error;
  }
  const timer = setInterval(scan, pollMs);
  timer.unref();

  return {
    async close() {
      state = "closed";
      clearInterval(timer);
      watches.close();
    },
  };
}
