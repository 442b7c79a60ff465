import { join } from "node:path";
import { fillFolder, installPackedPackages, type RunFolder } from "../install-packed-packages.js";
import { buildRuntimeProbes } from "./build-runtime-probes.js";

/** The runtime, its command and the SDK, installed with npm, in a folder that holds everything else that a run writes. */
export interface InstalledRuntime extends RunFolder {
  /** The packages as packed from this checkout, and what they depend on. */
  readonly ours: string;
  /** The program behind `mecha`. */
  readonly command: string;
}

const names = ["@mecha/cli", "@mecha/runtime", "@mecha/sdk-core"];

/** Installs them into a folder of this run. */
export async function installRuntime(report: (line: string) => void): Promise<InstalledRuntime> {
  report(`packing and installing ${names.join(", ")}`);
  const filled = await fillFolder(async (folder) => {
    const ours = join(folder, "ours");
    await installPackedPackages(folder, { [ours]: Object.fromEntries(names.map((name) => [name, "packed"])) });
    await buildRuntimeProbes(join(ours, "probes"));
  });
  const ours = join(filled.folder, "ours");
  return { ...filled, ours, command: join(ours, "node_modules/@mecha/cli/dist/esm/main.js") };
}
