import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { tryCommand } from "../run-command.js";
import { root } from "../workspace.js";
import { fencesOf, type Page } from "./markdown.js";

/** What samples import, and the folder that it is developed in. */
const packages: Readonly<Record<string, string>> = {
  "@grpc/grpc-js": "packages/sdk-core/node_modules/@grpc/grpc-js",
  "@mecha/adapter-cache": "packages/adapter-cache",
  "@mecha/runtime": "packages/runtime",
  "@mecha/sdk-core": "packages/sdk-core",
  "@mecha/sdk-nest": "packages/sdk-nest",
  "@mecha/spec": "packages/spec",
  "@nestjs/cache-manager": "packages/sdk-nest/node_modules/@nestjs/cache-manager",
  "@nestjs/common": "packages/sdk-nest/node_modules/@nestjs/common",
  "@nestjs/config": "packages/sdk-nest/node_modules/@nestjs/config",
  "@nestjs/core": "packages/sdk-nest/node_modules/@nestjs/core",
  "@nestjs/microservices": "packages/sdk-nest/node_modules/@nestjs/microservices",
  "@nestjs/terminus": "packages/sdk-nest/node_modules/@nestjs/terminus",
  "@nestjs/testing": "packages/sdk-nest/node_modules/@nestjs/testing",
  "ali-ons": "packages/drop-in/ali-ons-3",
  "cache-manager": "packages/sdk-core/node_modules/cache-manager",
  "class-validator": "packages/sdk-nest/node_modules/class-validator",
  ioredis: "packages/drop-in/ioredis-5",
  keyv: "packages/sdk-core/node_modules/keyv",
  nacos: "packages/drop-in/nacos-2",
  rxjs: "packages/sdk-nest/node_modules/rxjs",
  "sofa-rpc-node": "packages/drop-in/sofa-rpc-node-2",
};

/** One component of each kind, under the names that the samples use. */
const components = [
  { name: "cache", type: "state.in-memory" },
  { name: "events", type: "pubsub.in-memory" },
  { name: "settings", type: "configuration.file", metadata: [{ name: "path", value: "settings" }] },
  { name: "settings-writer", type: "bindings.localstorage", metadata: [{ name: "rootPath", value: "settings" }] },
];

/** A folder like a reader's project: the packages installed, components loaded, the page's files written. */
export interface SampleFolder {
  readonly path: string;
  /** Runs a sample, TypeScript or JavaScript, as a module; resolves with what it wrote, rejects if it failed. */
  run(code: string, language?: string, environment?: Readonly<Record<string, string>>): Promise<string>;
  remove(): void;
}

/** Makes the folder for the samples of a page. */
export function createSampleFolder(page: Page): SampleFolder {
  const path = mkdtempSync(join(tmpdir(), "mecha-docs-"));
  const write = (name: string, text: string): string => {
    const file = join(path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  for (const [name, folder] of Object.entries(packages)) {
    const link = join(path, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, folder), link);
  }
  const resources = components.map(({ name, type, metadata }) => ({
    ...{ apiVersion: "dapr.io/v1alpha1", kind: "Component", metadata: { name } },
    spec: { type, version: "v1", ...(metadata && { metadata }) },
  }));
  for (const resource of resources) write(`components/${resource.metadata.name}.json`, JSON.stringify(resource));
  for (const { mark, code } of fencesOf(page)) if (mark.includes(".")) write(mark, code);
  write("package.json", '{ "name": "sample", "type": "module" }');

  return {
    path,
    async run(code, language = "ts", environment = {}) {
      const tsx = pathToFileURL(createRequire(join(root, "package.json")).resolve("tsx")).href;
      const usesNest = language === "ts" && code.includes("@nestjs/");
      const file = usesNest ? write("sample.mjs", await withMetadata(code)) : write(`sample.${language}`, code);
      const result = await tryCommand(process.execPath, ["--conditions=@mecha/source", "--import", tsx, file], {
        cwd: path,
        env: { ...ownSettings(), MECHA_RUNTIME_DIR: join(path, "run"), ...environment },
        timeoutMs: 60_000,
      });
      if (result.code !== 0) throw new Error(`The sample ended with ${String(result.code)}:\n${result.output}`);
      return result.stdout;
    },
    remove() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Compiles a sample as Nest needs it: tsx cannot emit the metadata of decorators. */
async function withMetadata(code: string): Promise<string> {
  const { default: typescript } = await import("typescript");
  const { ModuleKind, ScriptTarget } = typescript;
  const compilerOptions = {
    ...{ module: ModuleKind.ESNext, target: ScriptTarget.ES2022, experimentalDecorators: true },
    emitDecoratorMetadata: true,
  };
  return typescript.transpileModule(code, { compilerOptions }).outputText;
}

/** Settings of whoever runs the tests must not reach the samples. */
function ownSettings(): Record<string, string | undefined> {
  const names = Object.keys(process.env).filter((name) =>
    /^(MECHA_|DAPR_|NODE_ENV$|APP_ID$|APP_PORT$|VITEST)/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
