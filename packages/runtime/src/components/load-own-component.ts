import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MechaError, type ComponentDefinition } from "@mecha/spec";
import { ownModuleKey, type ComponentResource } from "../resources/component-resource.js";
import { resourceError } from "../resources/resource-error.js";

/**
 * Loads a user's own component: the export `component` of a module. A path that begins with `.` is relative to the YAML file; a package is
 * looked for from the project, then from the YAML file.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a module that is not there, cannot be loaded, or has no component of the YAML's type
 */
export async function loadOwnComponent(
  resource: ComponentResource,
  specifier: string,
  baseFolder: string,
): Promise<ComponentDefinition> {
  const url = await locate(specifier, resource, baseFolder).catch((cause: unknown) => {
    throw wrong(resource, `the module "${specifier}" is not found: ${firstLine(cause)}`, cause);
  });
  const loaded = await importModule(url, baseFolder).catch((cause: unknown) => {
    throw wrong(resource, `the module "${specifier}" cannot be loaded: ${firstLine(cause)}`, cause);
  });
  const definition = componentIn(loaded);
  if (definition === undefined) {
    throw wrong(
      resource,
      `the module "${specifier}" has no export "component" with a type and a function create. See the guide "Write your own component".`,
    );
  }
  if (definition.type !== resource.type) {
    throw wrong(
      resource,
      `the module "${specifier}" implements ${definition.type}, not ${resource.type}. Write that type, or name another module.`,
    );
  }
  return definition;
}

/** Gives the URL of a module. */
async function locate(specifier: string, { document }: ComponentResource, baseFolder: string): Promise<string> {
  const folder = dirname(resolve(document.file));
  if (specifier.startsWith("file:")) return existing(fileURLToPath(specifier));
  if (/^(?:\.{0,2}\/|\.)/.test(specifier)) return existing(resolve(folder, specifier));
  const { resolve: resolvePackage } = await import("import-meta-resolve");
  // The name of the parent does not matter, only where it lies.
  const from = (parent: string): string => resolvePackage(specifier, pathToFileURL(join(parent, "package.json")).href);
  try {
    return from(baseFolder);
  } catch (error) {
    try {
      return from(folder);
    } catch {
      throw error;
    }
  }
}

/** Reads it once, so that a file that is missing is told from a file that something in it is missing for. */
async function existing(path: string): Promise<string> {
  await readFile(path);
  return pathToFileURL(path).href;
}

async function importModule(url: string, baseFolder: string): Promise<unknown> {
  try {
    return await load(url, baseFolder);
  } catch (cause) {
    const { code, name } = cause as NodeJS.ErrnoException;
    if (!isTypeScript(url) || (code !== "ERR_UNKNOWN_FILE_EXTENSION" && name !== "SyntaxError")) throw cause;
    return importByTsx(url, baseFolder);
  }
}

/** The CommonJS build of this file has `require` for `import`, which does not take URLs. It loads ES modules too. */
async function load(url: string, baseFolder: string): Promise<unknown> {
  try {
    return await import(url);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== "MODULE_NOT_FOUND" || !message.includes(`'${url}'`)) throw cause;
    return createRequire(join(baseFolder, "package.json"))(fileURLToPath(url));
  }
}

/** Node before 22.18 does not take TypeScript; an app that is written in it mostly has tsx. */
async function importByTsx(url: string, baseFolder: string): Promise<unknown> {
  const parent = pathToFileURL(join(baseFolder, "package.json")).href;
  const { resolve: resolvePackage } = await import("import-meta-resolve");
  let tsx: string;
  try {
    tsx = resolvePackage("tsx/esm/api", parent);
  } catch (cause) {
    throw new MechaError(
      "CONFIGURATION_INVALID",
      `Node ${process.version} cannot load TypeScript. Install tsx in the project, use Node 22.18 or newer, or name the compiled file.`,
      { cause, operation: "component.load" },
    );
  }
  // tsx documents this function; the package is the app's, so its types are not at hand.
  const { tsImport } = (await load(tsx, baseFolder)) as {
    tsImport: (url: string, parent: string) => Promise<unknown>;
  };
  return tsImport(url, parent);
}

function isTypeScript(url: string): boolean {
  return [".ts", ".mts", ".cts"].includes(extname(new URL(url).pathname));
}

/** The export `component`, also of a CommonJS module, whose exports may only be found on `default`. */
function componentIn(loaded: unknown): ComponentDefinition | undefined {
  const { component, default: whole } = loaded as { component?: unknown; default?: { component?: unknown } | null };
  const found = component ?? whole?.component;
  if (typeof found !== "object" || found === null) return undefined;
  const { type, create } = found as Partial<ComponentDefinition>;
  return typeof type === "string" && typeof create === "function" ? (found as ComponentDefinition) : undefined;
}

function wrong({ document, settings }: ComponentResource, problem: string, cause?: unknown): MechaError {
  const index = settings.findIndex(({ name }) => name === ownModuleKey);
  return resourceError(document, ["spec", "metadata", index], problem, cause);
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n", 1)[0] ?? "";
}
