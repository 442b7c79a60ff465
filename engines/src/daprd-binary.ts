import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { enginesFolder, installedFolder } from "./installed.js";

/** The Go module that links daprd, placement and scheduler into one binary. */
export const daprdModule = join(enginesFolder, "daprd");

/** The minor versions of Dapr that the module can be built with, newest first. */
export const daprMinors = ["1.18", "1.17", "1.16"] as const;

/** A minor version of Dapr that the module can be built with. */
export type DaprMinor = (typeof daprMinors)[number];

/** The one that the module's own go.mod pins; the others have pins of their own in `minors/<minor>`. */
export const pinnedMinor: DaprMinor = "1.18";

/** How the module is built with one minor version of Dapr. */
export interface DaprBuild {
  readonly minor: DaprMinor;
  /** The version of Dapr that is pinned, without a leading v. */
  readonly version: string;
  /** The arguments of `go` in the module's folder, but for the output file. */
  readonly args: readonly string[];
  /** The built binary; named after the files and arguments that go into it, so that a change of any is built. */
  readonly binary: string;
}

const versionVariables = ["github.com/dapr/dapr/pkg/buildinfo.version", "github.com/dapr/kit/logger.DaprVersion"];

function makeBuild(minor: DaprMinor): DaprBuild {
  const isPinned = minor === pinnedMinor;
  const pins = isPinned ? "" : `minors/${minor}/`;
  const tag = `dapr_${minor.replace(".", "_")}`;
  const goMod = readFileSync(join(daprdModule, pins, "go.mod"), "utf8");
  const version = /github\.com\/dapr\/dapr v(\S+)/u.exec(goMod)?.[1] ?? "";
  const args = [
    ...["build", "-trimpath", "-buildvcs=false"],
    ...(isPinned ? [] : [`-modfile=${pins}go.mod`]),
    // Without the first tag the Subtle* calls of the cryptography API answer that they are not built in.
    ...["-tags", isPinned ? "subtlecrypto" : `subtlecrypto,${tag}`],
    ...["-ldflags", ["-s -w", ...versionVariables.map((name) => `-X ${name}=${version}`)].join(" ")],
  ];
  const binary = join(installedFolder, `daprd-${digest(args, [`${pins}go.mod`, `${pins}go.sum`, ...sources(minor)])}`);
  return { minor, version, args, binary };
}

/** The module's sources, without those that are for other minor versions alone. */
function sources(minor: DaprMinor): readonly string[] {
  const own = `minor_${minor.replace(".", "_")}.go`;
  const names = readdirSync(daprdModule).filter((name) => name.endsWith(".go"));
  return names.filter((name) => !name.startsWith("minor_") || name === own);
}

function digest(args: readonly string[], files: readonly string[]): string {
  const hash = createHash("sha256").update(args.join("\0"));
  for (const name of [...files].sort()) hash.update(`\0${name}\0`).update(readFileSync(join(daprdModule, name)));
  return hash.digest("hex").slice(0, 12);
}

const builds = new Map<DaprMinor, DaprBuild>();

/** How the module is built with a minor version of Dapr. */
export function daprBuild(minor: DaprMinor): DaprBuild {
  const build = builds.get(minor) ?? makeBuild(minor);
  builds.set(minor, build);
  return build;
}

/** What the engines are by default. */
export const pinnedBuild: DaprBuild = daprBuild(pinnedMinor);

/** The version of Dapr that the module pins, without a leading v. */
export const daprVersion = pinnedBuild.version;

/** The version of Go that the module asks for. */
export const goVersion = /^go (\S+)$/mu.exec(readFileSync(join(daprdModule, "go.mod"), "utf8"))?.[1] ?? "";

/** The binary of a minor version; refuses where it was not built. */
export function builtDapr(minor: DaprMinor): string {
  const { binary, version } = daprBuild(minor);
  if (!existsSync(binary)) throw new Error(`Dapr ${version} is not built: await buildDapr("${minor}")`);
  return binary;
}
