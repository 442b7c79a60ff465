import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { installOriginals } from "../../tools/demo/install-originals.js";
import { exampleFolder, installPacked } from "../../tools/demo/install-packed.js";
import { buildProbes } from "./build-probes.js";
import { fillFolder, type RunFolder } from "./install-packed-packages.js";

/** The legacy clients that have a drop-in. */
export type ClientName = "ioredis" | "nacos" | "ali-ons" | "sofa-rpc-node";

/** The example app and the probes, installed twice: with the drop-ins and with the originals. */
export interface Installed extends RunFolder {
  /** The app with the drop-ins, as packed from this checkout. */
  readonly ours: string;
  /** The app with the packages that its imports name. */
  readonly originals: string;
  /** Name and version of an original, such as `ioredis 5.11.1`. */
  originalName(client: ClientName): Promise<string>;
}

/** Installs both with npm, as users do. The folders are this run's own: a checkout that changes meanwhile does not matter. */
export async function install(report: (line: string) => void): Promise<Installed> {
  const filled = await fillFolder(async (folder) => {
    const [ours, originals] = [join(folder, "ours"), join(folder, "originals")];
    await cp(await installPacked(report), ours, { recursive: true });
    report("installing the originals");
    await mkdir(originals);
    await installOriginals(exampleFolder, originals);
    await Promise.all([ours, originals].map((target) => buildProbes(join(target, "probes"))));
  });
  const originals = join(filled.folder, "originals");
  return {
    ...filled,
    ours: join(filled.folder, "ours"),
    originals,
    async originalName(client) {
      const manifest = await readFile(join(originals, "node_modules", client, "package.json"), "utf8");
      // Every installed package has a version.
      return `${client} ${(JSON.parse(manifest) as { version: string }).version}`;
    },
  };
}
