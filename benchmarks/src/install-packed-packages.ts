import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packAll } from "../../tools/pack/pack-all.js";
import { startRegistry } from "../../tools/registry/registry.js";
import { runCommand } from "../../tools/run-command.js";

/** A folder that is removed at the end. */
export interface RunFolder extends AsyncDisposable {
  readonly folder: string;
}

/** Makes a folder of this run and has it filled; should that fail, it is removed at once. */
export async function fillFolder(fill: (folder: string) => Promise<void>): Promise<RunFolder> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-bench-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await fill(folder);
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, [Symbol.asyncDispose]: remove };
}

/** Packages to install, with their versions; for those of this checkout the version is `packed`. */
type Dependencies = Readonly<Record<string, string>>;

/** Installs packages with npm, as an app that uses them would: into each folder, its own. Those of this checkout are packed first. */
export async function installPackedPackages(
  scratch: string,
  installations: Readonly<Record<string, Dependencies>>,
): Promise<void> {
  const packages = await packAll(join(scratch, "tarballs"));
  const versions = new Map(packages.map(({ name, version }) => [name, version]));
  await using registry = await startRegistry(packages);
  for (const [folder, wanted] of Object.entries(installations)) {
    const dependencies = Object.fromEntries(
      Object.entries(wanted).map(([name, version]) => [name, version === "packed" ? versions.get(name) : version]),
    );
    const unpacked = Object.keys(dependencies).filter((name) => dependencies[name] === undefined);
    if (unpacked.length > 0) throw new Error(`not packed: ${unpacked.join(", ")}`);
    await mkdir(folder);
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
    const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    await runCommand("npm", ["install", ...quiet, `--registry=${registry.url}`], { cwd: folder });
  }
}
