import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fillFolder, installPackedPackages, type RunFolder } from "../install-packed-packages.js";
import { buildNestProbes } from "./build-nest-probes.js";

/** Nest, its Redis transport and our package for it, installed with npm. */
export interface InstalledNest extends RunFolder {
  /** The packages as packed from this checkout, and what they depend on. */
  readonly installation: string;
  /** Name and version of an installed package, such as `ioredis 5.11.1`. */
  nameOf(name: string): Promise<string>;
}

const ours = ["@mecha/runtime", "@mecha/sdk-core", "@mecha/sdk-nest"];
const others = {
  "@nestjs/common": "^11.2.10",
  "@nestjs/core": "^11.2.10",
  "@nestjs/microservices": "^11.2.6",
  ioredis: "5.11.1",
  "reflect-metadata": "^0.2.2",
  rxjs: "^7.8.2",
};

/** Installs them into a folder of this run. */
export async function installNest(report: (line: string) => void): Promise<InstalledNest> {
  report(`packing and installing ${ours.join(", ")}, and Nest`);
  const filled = await fillFolder(async (folder) => {
    const installation = join(folder, "nest");
    const packed = Object.fromEntries(ours.map((name) => [name, "packed"]));
    await installPackedPackages(folder, { [installation]: { ...packed, ...others } });
    await buildNestProbes(join(installation, "probes"));
  });
  const installation = join(filled.folder, "nest");
  return {
    ...filled,
    installation,
    async nameOf(name) {
      const manifest = await readFile(join(installation, "node_modules", name, "package.json"), "utf8");
      // Every installed package has a version.
      return `${name} ${(JSON.parse(manifest) as { version: string }).version}`;
    },
  };
}
