import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packAll } from "../../../tools/pack/pack-all.js";
import { startRegistry } from "../../../tools/registry/registry.js";
import { runCommand } from "../../../tools/run-command.js";
import { buildClientProbes } from "./build-client-probes.js";

/** The two SDKs, each installed alone with npm, as an app that uses it would have it. */
export interface InstalledSdks extends AsyncDisposable {
  /** Holds both. Removed at the end. */
  readonly folder: string;
  /** `@mecha/sdk-core` as packed from this checkout, and what it depends on. */
  readonly ours: string;
  /** `@dapr/dapr`, and what it depends on. */
  readonly peer: string;
  /** Name and version of the peer. */
  readonly peerName: string;
}

const peerVersion = "3.18.0";

/** Installs both into folders of this run. */
export async function installSdks(report: (line: string) => void): Promise<InstalledSdks> {
  report("packing and installing @mecha/sdk-core and @dapr/dapr");
  const folder = await mkdtemp(join(tmpdir(), "mecha-bench-"));
  const [ours, peer] = [join(folder, "ours"), join(folder, "peer")];
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const packages = await packAll(join(folder, "tarballs"));
    const version = packages.find(({ name }) => name === "@mecha/sdk-core")?.version;
    if (version === undefined) throw new Error("@mecha/sdk-core was not packed");
    await using registry = await startRegistry(packages);
    await npmInstall(ours, { "@mecha/sdk-core": version }, registry.url);
    await npmInstall(peer, { "@dapr/dapr": peerVersion }, registry.url);
    await Promise.all([ours, peer].map((target) => buildClientProbes(join(target, "probes"))));
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, ours, peer, peerName: `@dapr/dapr ${peerVersion}`, [Symbol.asyncDispose]: remove };
}

async function npmInstall(
  target: string,
  dependencies: Readonly<Record<string, string>>,
  registry: string,
): Promise<void> {
  await mkdir(target);
  await writeFile(join(target, "package.json"), JSON.stringify({ private: true, dependencies }));
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  await runCommand("npm", ["install", ...quiet, `--registry=${registry}`], { cwd: target });
}

/** What an installation takes on the disk, in MB as `du -sm` counts them. */
export async function installedMegabytes(installation: string): Promise<number> {
  const text = await runCommand("du", ["-sm", join(installation, "node_modules")]);
  return Number.parseInt(text, 10);
}

/** How many packages npm put into an installation. */
export async function installedPackages(installation: string): Promise<number> {
  const lock = await readFile(join(installation, "package-lock.json"), "utf8");
  const { packages } = JSON.parse(lock) as { readonly packages: Readonly<Record<string, { readonly dev?: boolean }>> };
  const present = new Set(await readdir(join(installation, "node_modules"), { recursive: true }));
  return Object.keys(packages).filter((path) => path !== "" && present.has(path.replace(/^node_modules\//, ""))).length;
}
