import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packAll } from "../pack/pack-all.js";
import type { ServedPackage } from "../registry/packument.js";
import { type LoopbackRegistry, startRegistry } from "../registry/registry.js";
import { type CommandResult, runCommand, tryCommand } from "../run-command.js";
import { defaultManager, install, type PackageManager, type Versions } from "./package-managers.js";

const fixtures = join(import.meta.dirname, "fixtures");

/** The versions that a user changes, and all that a user changes. */
export const dropIns: Versions = {
  "ali-ons": "npm:@mecha/ali-ons@^3.12.0",
  ioredis: "npm:@mecha/ioredis@^5.11.0",
  nacos: "npm:@mecha/nacos@^2.6.0",
  "sofa-rpc-node": "npm:@mecha/sofa-rpc-node@^2.10.0",
};

/** What the same lines said before. */
export const originals: Versions = {
  "ali-ons": "3.12.0",
  ioredis: "5.11.1",
  nacos: "2.6.3",
  "sofa-rpc-node": "2.10.0",
};

/** Libraries in between, as applications have them: one depends on ioredis, the other has it as a peer. */
const libraries = ["order-cache", "session-store"];

/** A folder of a test run with a registry that serves this checkout's packages as users get them. */
export interface Workshop extends AsyncDisposable {
  readonly folder: string;
  readonly registry: LoopbackRegistry;
  readonly packages: readonly ServedPackage[];
  readonly libraries: Versions;
}

async function packLibraries(folder: string): Promise<ServedPackage[]> {
  const sources = libraries.map((name) => join(fixtures, name));
  await runCommand("npm", ["pack", "--ignore-scripts", "--pack-destination", folder, ...sources], { cwd: folder });
  return libraries.map((name) => ({ name, version: "1.0.0", file: join(folder, `${name}-1.0.0.tgz`) }));
}

async function fillWorkshop(folder: string): Promise<Workshop> {
  const tarballs = join(folder, "tarballs");
  const packages = await packAll(tarballs);
  const between = await packLibraries(tarballs);
  const registry = await startRegistry([...packages, ...between]);
  return {
    folder,
    registry,
    packages,
    libraries: Object.fromEntries(between.map(({ name, version }) => [name, version])),
    async [Symbol.asyncDispose]() {
      await registry.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Packs everything and starts the registry. */
export async function openWorkshop(): Promise<Workshop> {
  const folder = mkdtempSync(join(tmpdir(), "mecha-packaging-"));
  try {
    return await fillWorkshop(folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** What to install, and how. */
export interface AppPlan {
  /** Of the app's folder. */
  readonly name: string;
  /** The folder of fixtures that is the app. @defaultValue "app" */
  readonly fixture?: string;
  readonly dependencies: Versions;
  /** What every dependency gets too. */
  readonly overrides?: Versions;
  /** @defaultValue npm */
  readonly manager?: PackageManager;
}

/** An app as its user has it after the install. */
export interface InstalledApp {
  readonly folder: string;
  /** Runs node on arguments in the app's folder. */
  node(args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<CommandResult>;
  /** Runs a program that prints one line of JSON last; another outcome is an error with all that it printed. */
  report(program: string, env?: Readonly<Record<string, string | undefined>>): Promise<unknown>;
}

/** Says where components are and nothing that the test's own process was told. */
const appEnvironment = {
  DAPR_RESOURCES_PATHS: "components/laptop.yaml",
  DAPR_GRPC_ENDPOINT: undefined,
  DAPR_GRPC_PORT: undefined,
  MECHA_ADAPTERS: undefined,
  NODE_ENV: undefined,
  NODE_OPTIONS: undefined,
};

/** Gives the means to run programs in a folder that is installed already. */
export function openApp(folder: string, { nodeArguments }: PackageManager): InstalledApp {
  const node: InstalledApp["node"] = (args, env = {}) =>
    tryCommand(process.execPath, [...nodeArguments, ...args], {
      cwd: folder,
      env: { ...appEnvironment, ...env },
      timeoutMs: 60_000,
    });
  return {
    folder,
    node,
    async report(program, env) {
      const { code, stdout, output } = await node([program], env);
      if (code !== 0) throw new Error(`${program} in ${folder} ended with ${code}:\n${output}`);
      return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as unknown;
    },
  };
}

/** Copies a fixture into the workshop and installs it as a user would. */
export async function installApp(workshop: Workshop, plan: AppPlan): Promise<InstalledApp> {
  const { manager = defaultManager, fixture = "app", dependencies } = plan;
  const folder = join(workshop.folder, plan.name);
  mkdirSync(folder);
  cpSync(join(fixtures, fixture), folder, { recursive: true });
  const overrides = plan.overrides ? manager.override(folder, plan.overrides) : {};
  const manifest = { name: "packaging-app", version: "1.0.0", private: true, dependencies, ...overrides };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, null, 2));
  await install(manager, folder, { registry: workshop.registry, scratch: join(workshop.folder, "caches") });
  return openApp(folder, manager);
}
