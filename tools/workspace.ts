import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of this checkout. */
export const root = join(import.meta.dirname, "..");

type Dependencies = Readonly<Record<string, string>>;
/** A value of an exports map: a path, or paths by condition. */
type ExportsEntry = string | { readonly [condition: string]: ExportsEntry };

/** The fields of package.json that the tools read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, ExportsEntry>>;
  readonly files?: readonly string[];
  readonly publishConfig?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  /** How this repository builds and publishes the package; see CONTRIBUTING.md. */
  readonly mecha?: { readonly build?: "bundle" | "drop-in"; readonly publishAs?: string };
}

/** One member of the workspace. */
export interface WorkspacePackage {
  readonly manifest: Manifest;
  /** Relative to the root, with forward slashes: `packages/drop-in/ioredis-5`. */
  readonly folder: string;
}

/** The folders of pnpm-workspace.yaml, written out: the tools must not need a YAML parser. */
const parents = ["packages", "packages/drop-in"];
const singles = ["engines", "benchmarks"];

function packageAt(base: string, folder: string): WorkspacePackage[] {
  const file = join(base, folder, "package.json");
  if (!existsSync(file)) return [];
  return [{ manifest: JSON.parse(readFileSync(file, "utf8")) as Manifest, folder }];
}

/**
 * Every member of the workspace.
 *
 * @param base - the checkout to read, {@link root} by default
 */
export function listPackages(base = root): readonly WorkspacePackage[] {
  const nested = parents
    .filter((parent) => existsSync(join(base, parent)))
    .flatMap((parent) => readdirSync(join(base, parent)).map((name) => `${parent}/${name}`));
  return [...nested, ...singles].sort().flatMap((folder) => packageAt(base, folder));
}

/** The members that are published. */
export function listPublished(base = root): readonly WorkspacePackage[] {
  return listPackages(base).filter(({ manifest }) => manifest.private !== true);
}

/** What a package needs when it runs: everything but devDependencies. */
export function runtimeDependencies(manifest: Manifest): Dependencies {
  return { ...manifest.peerDependencies, ...manifest.optionalDependencies, ...manifest.dependencies };
}
