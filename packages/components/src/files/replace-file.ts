import { randomUUID } from "node:crypto";
import { chmod, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isFileMissing } from "./file-errors.js";

/** How the names of files that are not yet complete begin. */
export const temporaryPrefix = ".mecha-tmp-";

/**
 * Writes a file so that readers see the old bytes or the new ones, never a part: a temporary file beside it is written,
 * flushed, and renamed. Makes the folders on the way. The new file has the rights of the old one.
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `${temporaryPrefix}${randomUUID()}`);
  try {
    // Not through a file handle: under Yarn's PnP a handle cannot flush.
    await writeFile(temporary, bytes, { flag: "wx", flush: true });
    const mode = await modeOf(path);
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if (isFileMissing(error)) return undefined;
    throw error;
  }
}
