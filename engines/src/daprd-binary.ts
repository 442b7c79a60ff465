import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { enginesFolder, installedFolder } from "./installed.js";

/** The Go module that links daprd, placement and scheduler into one binary. */
export const daprdModule = join(enginesFolder, "daprd");

const goMod = readFileSync(join(daprdModule, "go.mod"), "utf8");

/** The version of Dapr that the module names, without a leading v. */
export const daprVersion = /github\.com\/dapr\/dapr v(\S+)/u.exec(goMod)?.[1] ?? "";

/** The version of Go that the module asks for. */
export const goVersion = /^go (\S+)$/mu.exec(goMod)?.[1] ?? "";

const versionVariables = ["github.com/dapr/dapr/pkg/buildinfo.version", "github.com/dapr/kit/logger.DaprVersion"];

/** The arguments of `go` that build the module, but for the output file. */
export const daprdBuild: readonly string[] = [
  ...["build", "-trimpath", "-buildvcs=false"],
  // Without this tag the Subtle* calls of the cryptography API answer that they are not built in.
  ...["-tags", "subtlecrypto"],
  ...["-ldflags", ["-s -w", ...versionVariables.map((name) => `-X ${name}=${daprVersion}`)].join(" ")],
];

function digest(): string {
  const hash = createHash("sha256").update(daprdBuild.join("\0"));
  const sources = readdirSync(daprdModule).filter((name) => /\.go$|^go\.(?:mod|sum)$/u.test(name));
  for (const name of sources.sort()) hash.update(`\0${name}\0`).update(readFileSync(join(daprdModule, name)));
  return hash.digest("hex");
}

/** The built binary; named after the module's files and how they are built, so that a change of either is built. */
export const daprdBinary = join(installedFolder, `daprd-${digest().slice(0, 12)}`);
