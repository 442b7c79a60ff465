import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandResult, tryCommand } from "../run-command.js";
import { root } from "../workspace.js";
import type { Workshop } from "./installed-app.js";
import { defaultManager, install, type Versions } from "./package-managers.js";

const fixtures = join(import.meta.dirname, "fixtures");

/** How a copy of `examples/nest-orders` differs from what stands there. */
export interface NestOrdersPlan {
  /** Of the copy's folder. */
  readonly name: string;
  /** A folder of fixtures with files that are laid over the copy. */
  readonly fixture?: string;
  /** Fields of package.json that are other ones. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Versions;
  /** `undefined` for what is not needed. */
  readonly devDependencies?: Readonly<Record<string, string | undefined>>;
}

/** A copy of the example as its user has it after the install. */
export interface NestOrders {
  readonly folder: string;
  /** Runs a command that the copy has installed and gives what it printed; one that fails is an error with that. */
  run(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
}

/** What the example's processes must not take from the process that tests them. */
const withoutOurs = {
  DAPR_GRPC_ENDPOINT: undefined,
  DAPR_GRPC_PORT: undefined,
  DAPR_RESOURCES_PATHS: undefined,
  MECHA_MODE: undefined,
  NODE_ENV: undefined,
  NODE_OPTIONS: undefined,
  // vitest and Jest set marks that the other would read; colours would stand between the words that are looked for.
  VITEST: undefined,
  JEST_WORKER_ID: undefined,
  FORCE_COLOR: undefined,
  NO_COLOR: "1",
};

interface ExampleManifest {
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
}

function plannedManifest(plan: NestOrdersPlan): unknown {
  const text = readFileSync(join(root, "examples/nest-orders/package.json"), "utf8");
  const manifest = JSON.parse(text) as ExampleManifest;
  return {
    ...manifest,
    ...plan.manifest,
    dependencies: { ...manifest.dependencies, ...plan.dependencies },
    devDependencies: { ...manifest.devDependencies, ...plan.devDependencies },
  };
}

/** What a checkout may hold that is not the example's. */
const leftovers = /\/(?:node_modules|dist|\.mecha)$/;

/** Copies the example into the workshop and installs it as a user would. */
export async function installNestOrders(workshop: Workshop, plan: NestOrdersPlan): Promise<NestOrders> {
  const folder = join(workshop.folder, plan.name);
  cpSync(join(root, "examples/nest-orders"), folder, { recursive: true, filter: (path) => !leftovers.test(path) });
  if (plan.fixture !== undefined) cpSync(join(fixtures, plan.fixture), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(plannedManifest(plan), null, 2));
  await install(defaultManager, folder, { registry: workshop.registry, scratch: join(workshop.folder, "caches") });
  return { folder, run: (command, args, env = {}) => runIn(folder, { command, args, env }) };
}

interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function runIn(folder: string, { command, args, env }: Command): Promise<string> {
  const options = { cwd: folder, env: { ...withoutOurs, ...env }, timeoutMs: 300_000 };
  const { code, output }: CommandResult = await tryCommand(join(folder, "node_modules/.bin", command), args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} in ${folder} ended with ${code}:\n${output}`);
  return output;
}
