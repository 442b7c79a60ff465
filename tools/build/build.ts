import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../lock.js";
import { tryCommand } from "../run-command.js";
import { listPublished, root, type WorkspacePackage } from "../workspace.js";
import { bundlePackage } from "./bundle.js";
import { exportAsOriginal } from "./drop-in.js";
import { type Format, writeProjects } from "./projects.js";

const stamp = join(root, ".cache/build/inputs");

export interface BuildOptions {
  /** Removes what an earlier build left, so that nothing of a deleted source remains. */
  readonly clean?: boolean;
  /** Takes a line of progress. */
  readonly report?: (line: string) => void;
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** What the output depends on; where it is unchanged there is nothing to do. */
function inputKey(members: readonly WorkspacePackage[]): string {
  const hash = createHash("sha256");
  const sources = members.flatMap(({ folder }) =>
    filesUnder(`${folder}/src`).concat(join(root, folder, "package.json")),
  );
  const shared = ["tsconfig.base.json", "pnpm-lock.yaml"].map((file) => join(root, file));
  const inputs = [...sources, ...filesUnder("tools/build"), ...shared].filter((file) => !file.endsWith(".test.ts"));
  for (const file of inputs) hash.update(file).update(readFileSync(file));
  return hash.digest("hex");
}

async function compile(format: Format): Promise<string> {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const result = await tryCommand(process.execPath, [tsc, "-b", ...writeProjects(format)]);
  return result.code === 0 ? "" : `tsc found errors in the ${format} build:\n${result.output}`;
}

/** Waits for both compilers before it complains: one that still writes would disturb the next build. */
async function compileBoth(): Promise<void> {
  const [esm, cjs] = await Promise.all([compile("esm"), compile("cjs")]);
  if (esm || cjs) throw new Error(esm || cjs);
}

function finishCommonJs(member: WorkspacePackage): void {
  const folder = join(root, member.folder, "dist/cjs");
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n');
  if (member.manifest.mecha?.build === "drop-in") exportAsOriginal(join(folder, "index.js"));
}

function clean(members: readonly WorkspacePackage[]): void {
  for (const { folder } of members) rmSync(join(root, folder, "dist"), { recursive: true, force: true });
  rmSync(join(root, ".cache/build"), { recursive: true, force: true });
}

function isComplete(members: readonly WorkspacePackage[], key: string): boolean {
  const built = members.every(({ folder }) => existsSync(join(root, folder, "dist/cjs/package.json")));
  return built && existsSync(stamp) && readFileSync(stamp, "utf8") === key;
}

async function buildAlone(options: BuildOptions): Promise<void> {
  const members = listPublished();
  const { report = () => undefined } = options;
  if (options.clean) clean(members);
  const key = inputKey(members);
  if (isComplete(members, key)) {
    report("nothing to build");
    return;
  }
  // tsc trusts its own notes, not the folder: without its output those notes are wrong.
  if (!members.every(({ folder }) => existsSync(join(root, folder, "dist")))) clean(members);
  report("types and code of every package, ESM and CommonJS");
  await compileBoth();
  for (const member of members.filter(({ manifest }) => manifest.mecha?.build === "bundle")) {
    report(`bundle of ${member.manifest.name}`);
    await bundlePackage(member);
  }
  members.forEach(finishCommonJs);
  writeFileSync(stamp, key);
}

/** Builds every published package into its `dist`. Safe to call from several processes at once; does only what changed. */
export function buildAll(options: BuildOptions = {}): Promise<void> {
  return withLock("build", () => buildAlone(options));
}
