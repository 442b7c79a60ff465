import { rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { rolldown } from "rolldown";
import { root, runtimeDependencies, type WorkspacePackage } from "../workspace.js";
import { sharedChunk } from "./chunks.js";
import { writeDeclarations } from "./declarations.js";
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

/** Writes one format and gives the files that went in, relative to the root. */
async function bundleFormat(member: WorkspacePackage, format: Format): Promise<readonly string[]> {
  const external = Object.keys(runtimeDependencies(member.manifest));
  await using bundle = await rolldown({
    cwd: root,
    input: entries(member),
    platform: "node",
    resolve: { conditionNames: ["module", "node", "import"] },
    external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
    logLevel: "warn",
  });
  const { output } = await bundle.write({
    dir: join(root, member.folder, "dist", format),
    format,
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name].js",
    codeSplitting: {
      groups: [
        {
          name: sharedChunk(join(root, member.folder, "src/"), join(root, member.folder, "src/index.ts")),
          minShareCount: 2,
          debugName: "shared",
        },
      ],
    },
    // Jest runs CommonJS in a context that has no import(): there, lazy imports become lazy require calls.
    dynamicImportInCjs: false,
    esModule: true,
    keepNames: true,
    // The declarations carry the documentation, the notices the licenses.
    comments: false,
  });
  const files = output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []));
  return files.map((file) => relative(root, file));
}

/** Bundles the entries of a package with what only its devDependencies name, and writes whose work is inside. */
export async function bundlePackage(member: WorkspacePackage): Promise<void> {
  const target = join(root, member.folder, "dist");
  rmSync(target, { recursive: true, force: true });
  const inputs = await Promise.all([bundleFormat(member, "esm"), bundleFormat(member, "cjs")]);
  writeDeclarations(member, Object.keys(entries(member)));
  writeFileSync(join(target, "THIRD-PARTY-NOTICES.txt"), thirdPartyNotices(inputs.flat()));
}
