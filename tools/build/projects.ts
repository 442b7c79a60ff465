import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { listPublished, root, runtimeDependencies, type WorkspacePackage } from "../workspace.js";

/** The two module formats that a package is compiled to. */
export type Format = "esm" | "cjs";

const cacheFolder = join(root, ".cache/build");

/** NodeNext sees `"type": "module"` and would emit ESM; the CommonJS build has to leave it. */
const formatOptions: Record<Format, object> = {
  esm: {},
  cjs: { module: "CommonJS", moduleResolution: "Bundler", verbatimModuleSyntax: false },
};

function projectFile(member: WorkspacePackage, format: Format): string {
  return join(cacheFolder, `${member.manifest.name.replace("@mecha/", "")}.${format}.json`);
}

/** Where the compiler puts the declarations of a bundled package; the build takes from there what users can see. */
export function declarationsFolder(member: WorkspacePackage, format: Format): string {
  return projectFile(member, format).replace(/\.json$/, "");
}

/**
 * An optional peer is imported only dynamically and may itself need the package that names it, so it cannot be referenced:
 * references must not form a circle. Here the compiler takes it as given; the check of all sources at once sees its types.
 */
function optionalPeerPaths(member: WorkspacePackage): Record<string, string[]> {
  const peers = Object.keys(member.manifest.peerDependenciesMeta ?? {}).filter((name) => name.startsWith("@mecha/"));
  const declared = peers.map((name) => `declare module ${JSON.stringify(name)};\n`);
  const file = `${member.manifest.name.replace("@mecha/", "")}.peers.d.ts`;
  writeFileSync(join(cacheFolder, file), declared.join(""));
  return Object.fromEntries(peers.map((name) => [name, [`./${file}`]]));
}

function references(
  member: WorkspacePackage,
  members: readonly WorkspacePackage[],
  format: Format,
): { path: string }[] {
  const optional = member.manifest.peerDependenciesMeta ?? {};
  const needed = Object.keys(runtimeDependencies(member.manifest)).filter((name) => !(name in optional));
  return members
    .filter(({ manifest }) => needed.includes(manifest.name))
    .map((dependency) => ({ path: projectFile(dependency, format) }));
}

function writeProject(member: WorkspacePackage, members: readonly WorkspacePackage[], format: Format): string {
  const file = projectFile(member, format);
  const from = dirname(file);
  const source = relative(from, join(root, member.folder, "src"));
  const isBundled = member.manifest.mecha?.build === "bundle";
  const output = isBundled ? declarationsFolder(member, format) : join(root, member.folder, "dist", format);
  const project = {
    extends: relative(from, join(root, "tsconfig.base.json")),
    compilerOptions: {
      ...formatOptions[format],
      composite: true,
      noEmit: false,
      emitDeclarationOnly: isBundled,
      rootDir: source,
      outDir: relative(from, output),
      // The sources are not shipped, so maps into them would lead nowhere.
      declarationMap: false,
      tsBuildInfoFile: file.replace(/\.json$/, ".tsbuildinfo"),
      paths: optionalPeerPaths(member),
    },
    include: [`${source}/**/*.ts`],
    exclude: [`${source}/**/*.test.ts`, `${source}/**/*.test-d.ts`, `${source}/**/fixtures`],
    references: references(member, members, format),
  };
  writeFileSync(file, `${JSON.stringify(project, null, 2)}\n`);
  return file;
}

/** Writes the compiler's projects, one a published package, and gives their files. Drop-ins have no ESM of their own. */
export function writeProjects(format: Format): readonly string[] {
  mkdirSync(cacheFolder, { recursive: true });
  const members = listPublished();
  return members
    .filter(({ manifest }) => format === "cjs" || manifest.mecha?.build !== "drop-in")
    .map((member) => writeProject(member, members, format));
}
