import { cp, mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Makes a folder for one run of the example: the app's files as installed, room for its data, and the installation's
 * node_modules. The caller removes it.
 *
 * @param installed - an installation of the example, which stays as it is
 */
export async function layOutRun(installed: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-demo-"));
  await cp(installed, folder, { recursive: true, filter: (file) => file !== join(installed, "node_modules") });
  await symlink(join(installed, "node_modules"), join(folder, "node_modules"), "dir");
  return folder;
}
