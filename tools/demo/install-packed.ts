import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../lock.js";
import { packAll } from "../pack/pack-all.js";
import { startRegistry } from "../registry/registry.js";
import { runCommand } from "../run-command.js";
import { root } from "../workspace.js";

/** The example's folder in the repository. */
export const exampleFolder = join(root, "examples/saas-orders");

const cacheFolder = join(root, ".cache/demo");

/**
 * Installs the example as a user would: its own files, its own package.json, npm, and a registry on the loopback interface that
 * serves this checkout's packages as they would be published. Done once per content.
 *
 * @returns the folder with the app's files and node_modules; not to be changed
 */
export async function installPacked(report: (line: string) => void): Promise<string> {
  report("packing the packages of this checkout");
  const tarballs = join(cacheFolder, "tarballs");
  const packages = await packAll(tarballs);
  return withLock("demo-install", async () => {
    const key = await contentKey(packages.map(({ file }) => file));
    const target = join(cacheFolder, "installed", key);
    if (await exists(target)) return target;
    report("installing the example from a loopback registry");
    await rm(join(cacheFolder, "installed"), { recursive: true, force: true });
    const staging = `${target}.new`;
    await mkdir(staging, { recursive: true });
    await cp(exampleFolder, staging, { recursive: true, filter: (file) => !file.endsWith("node_modules") });
    await using registry = await startRegistry(packages);
    const args = [
      "install",
      "--no-audit",
      "--no-fund",
      "--no-package-lock",
      "--ignore-scripts",
      "--loglevel=error",
      `--registry=${registry.url}`,
    ];
    await runCommand("npm", args, { cwd: staging });
    await rename(staging, target);
    return target;
  });
}

async function contentKey(tarballs: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(await readFile(join(exampleFolder, "package.json")));
  for (const file of [...tarballs].sort()) hash.update(await readFile(file));
  return hash.digest("hex").slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
