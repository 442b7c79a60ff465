import { closeSync, constants, type FSWatcher, openSync, watch, writeSync } from "node:fs";

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

/** Whoever planted a link here must not have this process write through it. */
const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;

/**
 * Opens the wake-up file, creates it if need be. Watching does not keep the process alive.
 *
 * @param onProblem - told of a wake-up or watch that failed, which the poll makes up for
 * @throws what the system says if the file cannot be opened
 */
export function openWakeFile(path: string, onProblem: (problem: unknown) => void): WakeFile {
  const descriptor = openSync(path, flags, 0o600);
  let watcher: FSWatcher | undefined;
  let scheduled = false;
  let closed = false;
  return {
    touch() {
      if (closed) return;
      try {
        writeSync(descriptor, ".", 0);
      } catch (error) {
        onProblem(error);
      }
    },
    watch(onWake) {
      if (watcher !== undefined || closed) return;
      try {
        watcher = watch(path, { persistent: false }, () => {
          if (scheduled) return;
          scheduled = true;
          setImmediate(() => {
            scheduled = false;
            if (!closed) onWake();
          });
        });
      } catch (error) {
        // The system's watches may be used up.
        onProblem(error);
        return;
      }
      watcher.on("error", (error) => {
        watcher?.close();
        onProblem(error);
      });
    },
    close() {
      if (closed) return;
      closed = true;
      watcher?.close();
      closeSync(descriptor);
    },
  };
}
