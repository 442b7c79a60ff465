import { lstat, mkdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { MechaError } from "@mecha/spec";

/**
 * Makes the folder, with access for this user only.
 *
 * @throws MechaError `CONFIGURATION_INVALID` if it belongs to somebody else or others may look into it.
 */
export async function makeRuntimeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await checkRuntimeFolder(folder);
}

/**
 * Refuses a folder that somebody else may have filled: an entry there says where calls go.
 *
 * @throws MechaError `CONFIGURATION_INVALID`
 */
export async function checkRuntimeFolder(folder: string): Promise<void> {
  for (const path of [dirname(folder), folder]) await refuseForeign(path, path === folder);
}

async function refuseForeign(path: string, strict: boolean): Promise<void> {
  const found = await lstat(path);
  const mine = found.uid === userInfo().uid && found.isDirectory();
  // The parent may be one that the user chose and others may read; what matters is that nobody can put a folder in its place.
  const othersMay = found.mode & (strict ? 0o077 : 0o022);
  if (mine && othersMay === 0) return;
  throw new MechaError(
    "CONFIGURATION_INVALID",
    `The folder ${path}, in which processes of this machine find each other, is open to other users. Set MECHA_RUNTIME_DIR to a folder of your own with mode 0700.`,
    { operation: "instances.register" },
  );
}
