import { realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { isFileMissing } from "./file-errors.js";

/**
 * The absolute path of a name given by a caller, if it lies inside a folder: neither `..` nor a symbolic link leads out.
 *
 * @param root - an existing folder
 * @param name - relative to `root`; a leading `/` means `root`
 * @returns `undefined` for a name that leads out, or that the system could not hold
 */
export async function pathInside(root: string, name: string): Promise<string | undefined> {
  if (name.includes("\0")) return undefined;
  const path = resolve(join(root, ".", sep, name.replace(/^\/+/, "")));
  const lexical = relative(root, path);
  if (lexical === ".." || lexical.startsWith(`..${sep}`)) return undefined;
  const realRoot = await realpath(root);
  const real = await realPathOf(path);
  return real === realRoot || real.startsWith(realRoot + sep) ? path : undefined;
}

/** Where a path really is, links followed as far as it exists. */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if (!isFileMissing(error) || parent === path) throw error;
    return join(await realPathOf(parent), basename(path));
  }
}
