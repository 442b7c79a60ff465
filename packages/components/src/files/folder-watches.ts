import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isFileMissing } from "./file-errors.js";

interface FolderWatch {
  readonly watcher: FSWatcher;
  /** A folder that was removed and made anew has another number, and the old watch is deaf. */
  readonly inode: number;
}

/** Enough for any folder that is not being remade all the time; the caller's slow poll covers the rest. */
const mostRounds = 20;

/** Watches that follow a changing set of folders. They do not keep the process alive. */
export interface FolderWatches {
  /** Watches these folders and no others; of one that does not exist, the nearest ancestor that does. */
  cover(folders: Iterable<string>): Promise<void>;
  close(): void;
}

/**
 * Makes an empty set of watches.
 *
 * @param onHint - called when something may have changed in a watched folder; too often rather than too rarely
 */
export function createFolderWatches(onHint: () => void): FolderWatches {
  const watchByFolder = new Map<string, FolderWatch>();
  let isClosed = false;

  function drop(folder: string): void {
    watchByFolder.get(folder)?.watcher.close();
    watchByFolder.delete(folder);
  }

  function start(folder: string, inode: number): void {
    try {
      const watcher = watch(folder, { persistent: false }, onHint);
      watcher.on("error", () => {
        drop(folder);
        onHint();
      });
      watchByFolder.set(folder, { watcher, inode });
    } catch {
      // Gone in the meantime, or the system's watches are used up: the caller's slow poll covers both.
    }
  }

  /** @returns whether anything new had to be watched */
  async function coverOnce(folders: ReadonlySet<string>): Promise<boolean> {
    const wanted = new Map<string, number>();
    for (const folder of folders) {
      const existing = await nearestExisting(folder);
      wanted.set(existing.folder, existing.inode);
    }
    if (isClosed) return false;
    for (const [folder, { inode }] of watchByFolder) {
      if (wanted.get(folder) !== inode) drop(folder);
    }
    const missing = [...wanted].filter(([folder]) => !watchByFolder.has(folder));
    for (const [folder, inode] of missing) start(folder, inode);
    return missing.length > 0;
  }

  return {
    async cover(folders) {
      const wanted = new Set(folders);
      // Between the look at the disk and the watch a folder further down may have been made, unheard: look again.
      for (let round = 0; round < mostRounds && (await coverOnce(wanted)); round++);
    },
    close() {
      isClosed = true;
      for (const folder of [...watchByFolder.keys()]) drop(folder);
    },
  };
}

async function nearestExisting(folder: string): Promise<{ folder: string; inode: number }> {
  try {
    return { folder, inode: (await stat(folder)).ino };
  } catch (error) {
    const parent = dirname(folder);
    if (!isFileMissing(error) || parent === folder) throw error;
    return nearestExisting(parent);
  }
}
