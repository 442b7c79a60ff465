import { closeSync, type FSWatcher, openSync, watch, writeSync } from "node:fs";

/**
 * A small file beside the database whose changes say that there is something new: the system tells the watchers, nobody polls.
 * A lost wake-up is no harm, a slow poll comes after it.
 */
export interface WakeFile {
  /** Wakes every process that watches, this one included. */
  touch(): void;
  /** Calls `onWake` after touches, at most once a turn of the event loop. */
  watch(onWake: () => void): void;
  close(): void;
}

/** Opens the wake-up file, creates it if need be. Watching does not keep the process alive. */
export function openWakeFile(path: string): WakeFile {
  const descriptor = openSync(path, "w", 0o600);
  let watcher: FSWatcher | undefined;
  let scheduled = false;
  let closed = false;
  return {
    touch() {
      if (!closed) writeSync(descriptor, ".", 0);
    },
    watch(onWake) {
      if (watcher !== undefined || closed) return;
      watcher = watch(path, { persistent: false }, () => {
        if (scheduled) return;
        scheduled = true;
        setImmediate(() => {
          scheduled = false;
          if (!closed) onWake();
        });
      });
      // The poll goes on without it.
      watcher.on("error", () => watcher?.close());
    },
    close() {
      if (closed) return;
      closed = true;
      watcher?.close();
      closeSync(descriptor);
    },
  };
}
