import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder in which a command runs, with what it reads there. */
export interface RunFolder {
  readonly path: string;
  /** Folder of the components. */
  readonly components: string;
  /** Writes a file in one step, or removes it. */
  replace(name: string, text: string | undefined): Promise<void>;
  remove(): Promise<void>;
}

/** Makes a folder with components and other files. */
export async function createRunFolder(
  components: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<RunFolder> {
  const path = await mkdtemp(join(tmpdir(), "mecha-run-"));
  await mkdir(join(path, "components"));
  for (const [name, text] of Object.entries(components)) await writeFile(join(path, "components", name), text);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return {
    path,
    components: join(path, "components"),
    async replace(name, text) {
      if (text === undefined) return rm(join(path, name), { force: true });
      await writeFile(join(path, "draft"), text);
      await rename(join(path, "draft"), join(path, name));
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
