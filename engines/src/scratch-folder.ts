import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for the files of one run, in the system's folder for temporary files. */
export interface ScratchFolder extends Disposable {
  readonly path: string;
  /** Removes the folder and what is in it. */
  readonly remove: () => void;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a folder for files that nobody wants to keep, and removes what processes of the past that were killed have left of the same kind:
 * the name of a folder tells the process that made it.
 *
 * @param kind - what it is for, as part of its name: letters, digits and hyphens
 */
export function createScratchFolder(kind: string): ScratchFolder {
  const prefix = `mecha-${kind}-`;
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(prefix) ? /^(\d+)-\w+$/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (owner !== undefined && !isAlive(Number(owner))) removeAll(join(tmpdir(), name));
  }
  const path = mkdtempSync(join(tmpdir(), `${prefix}${String(process.pid)}-`));
  const remove = (): void => removeAll(path);
  return {
    path,
    remove,
    [Symbol.dispose]: remove,
    async [Symbol.asyncDispose]() {
      remove();
    },
  };
}

/** A server that was just killed may still have a file to be unlinked, hence the retries. */
function removeAll(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

/** A process of another user exists too, and its files are not ours to remove. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
