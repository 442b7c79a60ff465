import { existsSync, realpathSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

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
  // Loading it takes longer than all else that a start does here, and most runtimes never meet another.
  const { createHash } = process.getBuiltinModule("node:crypto");
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
