import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of this package. */
export const enginesFolder = join(import.meta.dirname, "..");

/** The engines that run on Java, from jars that the install step fetches. */
export type JavaEngineName = "rocketmq" | "nacos";

const namedFolder = process.env["MECHA_ENGINES_INSTALLED"];

/**
 * Everything that the install step leaves, but for what apt installs: a folder that git ignores, or the one that
 * `MECHA_ENGINES_INSTALLED` names, for a CI that keeps it from run to run.
 */
export const installedFolder = namedFolder ? resolve(namedFolder) : join(enginesFolder, ".installed");

/** The source of the library that is loaded into every server. */
export const shimSource = join(enginesFolder, "shim.c");

function digestOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** The compiled library that is loaded into every server; named after its source, so that a change of it is built. */
export const shimFile = join(installedFolder, `shim-${digestOf(shimSource).slice(0, 12)}.so`);

/** The folder with an engine's pom and checksum list. */
export function sourceFolder(engine: JavaEngineName): string {
  return join(enginesFolder, engine);
}

/** The folder with an engine's jars. */
export function jarsFolder(engine: JavaEngineName): string {
  return join(installedFolder, "jars", engine);
}

/** The list of an engine's jars with their SHA-256, in the format of `sha256sum`. */
export function checksumFile(engine: JavaEngineName): string {
  return join(sourceFolder(engine), "jars.sha256");
}

/** Written into the jars folder when every jar was verified; holds the digest of the list that they were held against. */
export function verifiedMark(engine: JavaEngineName): string {
  return join(jarsFolder(engine), "verified");
}

/** The digest of an engine's checksum list. */
export function checksumListDigest(engine: JavaEngineName): string {
  return digestOf(checksumFile(engine));
}
