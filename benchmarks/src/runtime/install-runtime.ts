import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packAll } from "../../../tools/pack/pack-all.js";
import { startRegistry } from "../../../tools/registry/registry.js";
import { runCommand } from "../../../tools/run-command.js";
import { buildRuntimeProbes } from "./build-runtime-probes.js";

/** The runtime, its command and the SDK, installed with npm. */
export interface InstalledRuntime extends AsyncDisposable {
  /** Holds everything that a run writes. Removed at the end. */
  readonly folder: string;
  /** The packages as packed from this checkout, and what they depend on. */
  readonly ours: string;
  /** The program behind `mecha`. */
  readonly command: string;
}

const names = ["@mecha/cli", "@mecha/runtime", "@mecha/sdk-core"];

/** Installs them into a folder of this run. */
export async function installRuntime(report: (line: string) => void): Promise<InstalledRuntime> {
  report(`packing and installing ${names.join(", ")}`);
  const folder = await mkdtemp(join(tmpdir(), "mecha-bench-"));
  const ours = join(folder, "ours");
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const packages = await packAll(join(folder, "tarballs"));
    const dependencies = Object.fromEntries(
      packages.filter(({ name }) => names.includes(name)).map(({ name, version }) => [name, version]),
    );
    await using registry = await startRegistry(packages);
    await mkdir(ours);
    await writeFile(join(ours, "package.json"), JSON.stringify({ private: true, dependencies }));
    const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    await runCommand("npm", ["install", ...quiet, `--registry=${registry.url}`], { cwd: ours });
    await buildRuntimeProbes(join(ours, "probes"));
  } catch (error) {
    await remove();
    throw error;
  }
  const command = join(ours, "node_modules/@mecha/cli/dist/esm/main.js");
  return { folder, ours, command, [Symbol.asyncDispose]: remove };
}
