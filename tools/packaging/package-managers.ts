import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoopbackRegistry } from "../registry/registry.js";
import { runCommand } from "../run-command.js";
import { root } from "../workspace.js";

/** Name to version, as in a package.json. */
export type Versions = Readonly<Record<string, string>>;

/** One way in which users install. */
export interface PackageManager {
  readonly name: string;
  /** What node needs to run a program of an app that was installed so. */
  readonly nodeArguments: readonly string[];
  /** Makes every dependency get these versions: gives what package.json says for it, or writes another file. */
  override(folder: string, versions: Versions): Readonly<Record<string, Versions>>;
  /** Files beside package.json that keep the install apart from this machine's settings. */
  readonly files: Readonly<Record<string, string>>;
  /** The npm package that holds the manager; npm itself is there. */
  readonly package?: string;
  readonly binary: string;
  readonly arguments: readonly string[];
  /**
   * Whether its cache may serve another run. Without a lockfile Yarn 4 trusts name and version, and ours change without a
   * new version.
   */
  readonly keepsCache: boolean;
  /** Its settings. */
  environment(cache: string): Readonly<Record<string, string>>;
}

const npm: PackageManager = {
  name: "npm",
  nodeArguments: [],
  override: (_folder, versions) => ({ overrides: versions }),
  files: {},
  binary: "npm",
  arguments: ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"],
  keepsCache: true,
  environment: (cache) => ({ npm_config_cache: cache }),
};

const pnpm: PackageManager = {
  name: "pnpm",
  nodeArguments: [],
  override(folder, versions) {
    const lines = Object.entries(versions).map(([name, version]) => `  ${name}: "${version}"\n`);
    writeFileSync(join(folder, "pnpm-workspace.yaml"), `overrides:\n${lines.join("")}`);
    return {};
  },
  files: {},
  package: "pnpm@12.21.0",
  binary: "pnpm",
  arguments: ["install", "--no-lockfile", "--ignore-scripts", "--reporter=append-only"],
  keepsCache: true,
  environment: (cache) => ({ pnpm_config_store_dir: join(cache, "store"), pnpm_config_cache_dir: join(cache, "meta") }),
};

const yarn1: PackageManager = {
  name: "Yarn 1",
  nodeArguments: [],
  override: (_folder, versions) => ({ resolutions: versions }),
  files: {},
  package: "yarn@1.22.22",
  binary: "yarn",
  arguments: ["install", "--no-lockfile", "--ignore-scripts", "--non-interactive", "--no-progress", "--ignore-engines"],
  keepsCache: true,
  environment: (cache) => ({ YARN_CACHE_FOLDER: cache }),
};

function yarn4(nodeLinker: "node-modules" | "pnp"): PackageManager {
  return {
    name: `Yarn 4 (${nodeLinker})`,
    nodeArguments:
      nodeLinker === "pnp" ? ["--require", "./.pnp.cjs", "--experimental-loader", "./.pnp.loader.mjs"] : [],
    override: (_folder, versions) => ({ resolutions: versions }),
    // An empty lockfile says where the project begins.
    files: { "yarn.lock": "", ".yarnrc.yml": `nodeLinker: ${nodeLinker}\n` },
    package: "@yarnpkg/cli-dist@4.18.1",
    binary: "yarn",
    arguments: ["install"],
    keepsCache: false,
    environment: (cache) => ({
      YARN_GLOBAL_FOLDER: cache,
      YARN_ENABLE_SCRIPTS: "0",
      YARN_ENABLE_IMMUTABLE_INSTALLS: "0",
      YARN_ENABLE_TELEMETRY: "0",
      YARN_ENABLE_PROGRESS_BARS: "0",
    }),
  };
}

/** Every package manager that users of a drop-in may have. */
export const packageManagers: readonly PackageManager[] = [npm, pnpm, yarn1, yarn4("node-modules"), yarn4("pnp")];

/** npm, with which the tests that are not about package managers install. */
export const defaultManager = npm;

const binaries = new Map<string, Promise<string>>();

/** Where npx keeps a manager: asked for once, since npx itself takes seconds. */
function binaryOf({ package: holder, binary }: PackageManager): Promise<string> {
  if (holder === undefined) return Promise.resolve(binary);
  const known = binaries.get(holder);
  if (known) return known;
  const found = runCommand("npx", ["--yes", "--package", holder, "--call", `command -v ${binary}`]).then((path) =>
    path.trim(),
  );
  binaries.set(holder, found);
  return found;
}

/** What a manager that was started by another, as these tests are by npm, takes for its own settings. */
function withoutForeignSettings(): Record<string, undefined> {
  const foreign = Object.keys(process.env).filter((name) => /^(npm|pnpm|yarn)_/i.test(name));
  return Object.fromEntries(foreign.map((name) => [name, undefined]));
}

/** What an install needs besides the manager and the folder. */
export interface InstallPlace {
  /** Asked for every package. */
  readonly registry: LoopbackRegistry;
  /** A folder of this test run, for caches that must not outlive it. */
  readonly scratch: string;
}

/** Installs what the folder's package.json asks for. */
export async function install(manager: PackageManager, folder: string, place: InstallPlace): Promise<void> {
  for (const [name, content] of Object.entries(manager.files)) writeFileSync(join(folder, name), content);
  const caches = manager.keepsCache ? join(root, ".cache/packaging") : place.scratch;
  const cache = join(caches, manager.package?.replace(/\W+/g, "-") ?? manager.binary);
  mkdirSync(cache, { recursive: true });
  const env = { ...withoutForeignSettings(), ...place.registry.environment, ...manager.environment(cache) };
  await runCommand(await binaryOf(manager), manager.arguments, { cwd: folder, env, timeoutMs: 240_000 });
}
