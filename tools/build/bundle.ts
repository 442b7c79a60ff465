import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root, runtimeDependencies, type WorkspacePackage } from "../workspace.js";
import type { Format } from "./projects.js";
import { thirdPartyNotices } from "./third-party-notices.js";

/** Entry name without extension to source file, from the exports map. */
function entries(member: WorkspacePackage): Record<string, string> {
  const sources = Object.values(member.manifest.exports ?? {}).flatMap((entry) =>
    typeof entry === "object" && typeof entry["@mecha/source"] === "string" ? [entry["@mecha/source"]] : [],
  );
  const named = sources.map((source) => [source.replace(/^\.\/src\/|\.ts$/g, ""), join(root, member.folder, source)]);
  return Object.fromEntries(named) as Record<string, string>;
}

/** Writes one format and gives the files that went in. */
async function bundleFormat(member: WorkspacePackage, format: Format): Promise<readonly string[]> {
  const external = Object.keys(runtimeDependencies(member.manifest));
  const result = await build({
    absWorkingDir: root,
    entryPoints: entries(member),
    outdir: join(root, member.folder, "dist", format),
    bundle: true,
    platform: "node",
    target: "node20.19",
    format,
    // Only ESM can be split; in CommonJS a lazy part is a function that runs at its first import.
    splitting: format === "esm",
    chunkNames: "chunks/[name]-[hash]",
    // Jest runs CommonJS in a context that has no import(): there, lazy imports become lazy require calls.
    ...(format === "cjs" ? { supported: { "dynamic-import": false } } : {}),
    // A bundled CommonJS dependency still calls require for Node's own modules, which ESM lacks.
    ...(format === "esm"
      ? {
          banner: {
            js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
          },
        }
      : {}),
    conditions: ["module"],
    keepNames: true,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    external: external.flatMap((name) => [name, `${name}/*`]),
  });
  return Object.keys(result.metafile.inputs);
}

/** Bundles the entries of a package with what only its devDependencies name, and writes whose work is inside. */
export async function bundlePackage(member: WorkspacePackage): Promise<void> {
  const inputs = await Promise.all([bundleFormat(member, "esm"), bundleFormat(member, "cjs")]);
  writeFileSync(join(root, member.folder, "dist/THIRD-PARTY-NOTICES.txt"), thirdPartyNotices(inputs.flat()));
}
