import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { buildAll } from "../build/build.js";
import { withLock } from "../lock.js";
import { runCommand } from "../run-command.js";
import { listPublished, root, type WorkspacePackage } from "../workspace.js";
import { publishableManifest } from "./publishable-manifest.js";

/** One package as users get it. */
export interface PackedPackage {
  /** The public name: `@mecha/ioredis` for the workspace's `@mecha/ioredis-5`. */
  readonly name: string;
  readonly version: string;
  /** The tarball, absolute. */
  readonly file: string;
}

const packsFolder = join(root, ".cache/packs");

/** The folders of a package that `files` names; a line with an exclamation mark takes out of them again. */
function publishedFolders({ manifest, folder }: WorkspacePackage): readonly string[] {
  const named = (manifest.files ?? []).filter((entry) => !entry.startsWith("!"));
  return named.filter((entry) => existsSync(join(root, folder, entry)));
}

/** Lays one package out as it is published; npm then decides by `files` what goes in. */
function stage(member: WorkspacePackage, versions: ReadonlyMap<string, string>, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const manifest = publishableManifest(member.manifest, versions);
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const name of publishedFolders(member)) {
    cpSync(join(root, member.folder, name), join(folder, name), { recursive: true });
  }
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  const readme = join(root, member.folder, "README.md");
  if (existsSync(readme)) copyFileSync(readme, join(folder, "README.md"));
}

interface PackReport {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
}

/** npm 10 gives a list, npm 11 too, npm 12 an object by name. */
function readReports(json: string): readonly PackReport[] {
  return Object.values(JSON.parse(json) as Record<string, PackReport>);
}

async function packInto(target: string, members: readonly WorkspacePackage[]): Promise<void> {
  const versions = new Map(members.map(({ manifest }) => [manifest.name, manifest.version]));
  const staging = mkdtempSync(join(packsFolder, "staging-"));
  try {
    const folders = members.map((member, index) => {
      const folder = join(staging, String(index));
      stage(member, versions, folder);
      return folder;
    });
    const output = join(staging, "tarballs");
    mkdirSync(output);
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", output, ...folders];
    const reports = readReports(await runCommand("npm", args, { cwd: staging }));
    writeFileSync(
      join(output, "packages.json"),
      JSON.stringify(reports.map(({ name, version, filename }) => ({ name, version, filename }))),
    );
    renameSync(output, target);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Depends on everything that goes into a tarball, so that the same content is packed once. */
function contentKey(members: readonly WorkspacePackage[]): string {
  const hash = createHash("sha256").update(readFileSync(join(import.meta.dirname, "publishable-manifest.ts")));
  for (const member of members) {
    hash.update(JSON.stringify(member.manifest));
    const folders = publishedFolders(member).map((name) => join(root, member.folder, name));
    const files = folders.flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }));
    for (const file of files) {
      if (file.isFile()) hash.update(file.name).update(readFileSync(join(file.parentPath, file.name)));
    }
  }
  return hash.digest("hex").slice(0, 24);
}

/** Earlier contents are of no use to anybody; a copy that runs meanwhile holds the lock. */
function forgetOthers(key: string): void {
  for (const name of readdirSync(packsFolder)) {
    if (name !== key) rmSync(join(packsFolder, name), { recursive: true, force: true });
  }
}

async function packAlone(target: string): Promise<readonly PackedPackage[]> {
  const members = listPublished();
  const key = contentKey(members);
  const packed = join(packsFolder, key);
  mkdirSync(packsFolder, { recursive: true });
  forgetOthers(key);
  if (!existsSync(packed)) await packInto(packed, members);
  mkdirSync(target, { recursive: true });
  const reports = JSON.parse(readFileSync(join(packed, "packages.json"), "utf8")) as PackReport[];
  return reports.map(({ name, version, filename }) => {
    const file = join(target, filename);
    copyFileSync(join(packed, filename), file);
    return { name, version, file };
  });
}

/**
 * Builds and packs every published package into npm tarballs, under their public names and with versions in place of
 * `workspace:*`. Safe to call from several processes at once; unchanged content is packed once and copied after that.
 *
 * @param target - the folder for the tarballs, made where absent
 */
export async function packAll(target: string): Promise<readonly PackedPackage[]> {
  await buildAll();
  return withLock("pack", () => packAlone(target));
}
