import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How the folders begin in which processes keep their doors; the process id follows. */
export const doorFolderPrefix = "mecha-redis-";

const folderName = new RegExp(`^${doorFolderPrefix}(\\d+)-`, "u");

/** Removes what processes left that had no time to do so themselves. */
export function forgetDeadDoors(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(folderName.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/** Whoever belongs to another user is alive too. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
