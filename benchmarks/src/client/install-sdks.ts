import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../../tools/run-command.js";
import { fillFolder, installPackedPackages, type RunFolder } from "../install-packed-packages.js";
import { buildClientProbes } from "./build-client-probes.js";

/** The two SDKs, each installed alone with npm, as an app that uses it would have it. */
export interface InstalledSdks extends RunFolder {
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
  const filled = await fillFolder(async (folder) => {
    await installPackedPackages(folder, {
      [join(folder, "ours")]: { "@mecha/sdk-core": "packed" },
      [join(folder, "peer")]: { "@dapr/dapr": peerVersion },
    });
    await Promise.all(["ours", "peer"].map((name) => buildClientProbes(join(folder, name, "probes"))));
  });
  const { folder } = filled;
  return {
    ...filled,
    ours: join(folder, "ours"),
    peer: join(folder, "peer"),
    peerName: `@dapr/dapr ${peerVersion}`,
  };
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
