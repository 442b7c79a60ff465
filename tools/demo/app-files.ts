import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** SHA-256 of each file of an installed app, by path; what is installed or written at run time does not count. */
export async function hashAppFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !/(^|[\\/])(node_modules|\.mecha)([\\/]|$)/.test(file))
    .sort();
  const hashes = await Promise.all(
    files.map(
      async (file) =>
        [
          file,
          createHash("sha256")
            .update(await readFile(join(folder, file)))
            .digest("hex"),
        ] as const,
    ),
  );
  return new Map(hashes);
}

/** Paths that are in one of two sets only, or differ. */
export function changedFiles(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): readonly string[] {
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names].filter((name) => a.get(name) !== b.get(name)).sort();
}
