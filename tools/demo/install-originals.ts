import { execFile } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** The original packages behind the example's aliases: the newest versions in its ranges. */
const originals: Readonly<Record<string, string>> = {
  "ali-ons": "3.12.0",
  ioredis: "5.11.1",
  nacos: "2.6.3",
  "sofa-rpc-node": "2.10.0",
};

const installTimeoutMs = 180_000;

/**
 * Copies the example and installs it with the packages that its imports name, as it was before any migration. Nothing
 * but the versions in its package.json differs.
 *
 * @param source - the example's folder
 * @param target - an existing, empty folder
 */
export async function installOriginals(source: string, target: string): Promise<void> {
  await cp(source, target, { recursive: true, filter: (file) => !file.endsWith("node_modules") });
  const manifestFile = join(target, "package.json");
  const manifest = JSON.parse(await readFile(manifestFile, "utf8")) as { dependencies: Record<string, string> };
  for (const [name, version] of Object.entries(originals)) {
    if (!manifest.dependencies[name]?.startsWith("npm:")) throw new Error(`${manifestFile} has no alias for ${name}`);
    manifest.dependencies[name] = version;
  }
  await writeFile(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  await promisify(execFile)(
    "npm",
    ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"],
    { cwd: target, timeout: installTimeoutMs },
  );
}
