import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { lstat, mkdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { MechaError } from "@mecha/spec";

/**
 * The folder in which the processes of one user and one project find each other: `MECHA_RUNTIME_DIR`, else
 * `XDG_RUNTIME_DIR/mecha`, else one of the user's own among the temporary files; below it one folder a namespace.
 *
 * @param namespace - a name or the absolute path of a folder whose project is meant; by default `MECHA_NAMESPACE`, else a hash of the project's root
 */
export function runtimeFolderOf(baseFolder: string, namespace = process.env["MECHA_NAMESPACE"] ?? ""): string {
  const { MECHA_RUNTIME_DIR: own = "", XDG_RUNTIME_DIR: xdg = "" } = process.env;
  const parent = own !== "" ? own : xdg !== "" ? join(xdg, "mecha") : join(tmpdir(), `mecha-${String(userInfo().uid)}`);
  // The paths of Unix sockets have about a hundred bytes, so the namespace is short.
  const folder = namespace === "" ? baseFolder : isAbsolute(namespace) && existsSync(namespace) ? namespace : undefined;
  const name = createHash("sha256").update(
    folder === undefined ? `name:${namespace}` : `folder:${projectRootOf(folder)}`,
  );
  return join(parent, name.digest("hex").slice(0, 12));
}

/** The nearest folder upwards with a package.json: services that are started in subfolders of one project meet there. */
function projectRootOf(folder: string): string {
  const start = realpathSync(folder);
  for (let at = start; ; at = dirname(at)) {
    if (existsSync(join(at, "package.json"))) return at;
    if (dirname(at) === at) return start;
  }
}

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
