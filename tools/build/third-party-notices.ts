import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../workspace.js";

interface LicensedManifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** The folder of the innermost package that a bundled file belongs to; undefined for our own files. */
function packageFolder(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

function notice(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as LicensedManifest;
  const license = readdirSync(folder).find((file) => /^(?:licen[cs]e|copying)/i.test(file));
  const heading = `${manifest.name} ${manifest.version} (${manifest.license ?? "license not named"})`;
  const text = license ? readFileSync(join(folder, license), "utf8").trim() : "No license file in the package.";
  return `${heading}\n${"-".repeat(heading.length)}\n\n${text}\n`;
}

/**
 * The licenses of everything that a bundle holds.
 *
 * @param inputs - the bundled files, relative to the root as esbuild names them
 */
export function thirdPartyNotices(inputs: readonly string[]): string {
  const folders = [...new Set(inputs.flatMap((file) => packageFolder(file) ?? []))].sort();
  const known = folders
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(join(folder, "package.json")));
  const notices = [...new Set(known.map(notice))];
  return ["This package contains the work of others:\n", ...notices].join("\n");
}
