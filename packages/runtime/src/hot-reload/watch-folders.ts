import { statSync, watch, type FSWatcher } from "node:fs";
import { basename, dirname, extname } from "node:path";

/** How long after a change files are left alone, as it is mostly not the only one; and how long at most, in milliseconds. */
const quietMs = 150;
const longestMs = 1_000;

/**
 * Tells of changes of resource files (`.yaml`, `.yml`, `.json`) in folders, some time after the last of several. Does not keep the process
 * alive.
 *
 * @param onProblem - hears of a folder that cannot be watched; the others are
 * @returns how to end it
 */
export function watchFolders(
  paths: readonly string[],
  onChange: () => void,
  onProblem: (path: string, error: unknown) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let firstMs = 0;
  const fire = (): void => {
    timer = undefined;
    onChange();
  };
  const changed = (): void => {
    if (timer === undefined) firstMs = Date.now();
    clearTimeout(timer);
    timer = setTimeout(fire, Math.max(0, Math.min(quietMs, firstMs + longestMs - Date.now()))).unref();
  };
  const watchers = paths.flatMap((path): FSWatcher[] => {
    try {
      const isFolder = statSync(path).isDirectory();
      const only = isFolder ? undefined : basename(path);
      const watcher = watch(isFolder ? path : dirname(path), { persistent: false }, (_, name) => {
        if (isResource(name, only)) changed();
      });
      return [watcher.on("error", (error) => onProblem(path, error))];
    } catch (error) {
      onProblem(path, error);
      return [];
    }
  });
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

/** Kubernetes changes the files of a mounted folder by another link `..data`. */
function isResource(name: string | null, only: string | undefined): boolean {
  if (name === null || name.startsWith("..")) return true;
  return only === undefined ? [".yaml", ".yml", ".json"].includes(extname(name)) : name === only;
}
