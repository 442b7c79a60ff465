import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type ComponentDefinition, type ConfigurationItem, type ConfigurationStore, MechaError } from "@mecha/spec";
import { isFileMissing } from "../files/file-errors.js";
import { keyOfPath, pathOfKey } from "../files/key-path.js";
import { pathInside } from "../files/path-inside.js";
import { readMetadata } from "../metadata/metadata-reader.js";
import { watchFiles } from "./file-subscription.js";

/**
 * `configuration.file`: a folder with one file for each key, its content the value.
 *
 * Metadata: `path`, the folder, made if it is missing; relative to the project root. A key's parts, joined by `/`, are folders: the key
 * `DEFAULT_GROUP/price-rules` is the file `DEFAULT_GROUP/price-rules`. Unusual characters in a part are written as `%XX`. Symbolic links
 * are followed within the folder only.
 *
 * A value's version is the SHA-256 of its bytes. Changes by any process are seen at once where the system tells, else within two
 * seconds. Whoever writes should write another file and rename it, as `bindings.localstorage` does, else a half-written value is seen.
 */
export const component: ComponentDefinition<"configuration"> = {
  type: "configuration.file",
  async create(context): Promise<ConfigurationStore> {
    const metadata = readMetadata(context);
    const root = resolve(context.baseFolder, metadata.requiredText("path"));
    try {
      await mkdir(root, { recursive: true });
    } catch (error) {
      throw metadata.invalid("path", `is "${root}", which is no folder and cannot be made one: ${String(error)}`);
    }
    const closers = new Set<() => Promise<void>>();
    let isClosed = false;

    function fileOf(key: string): string {
      const path = pathOfKey(key);
      if (path !== undefined) return join(root, path);
      throw new MechaError(
        "INVALID_ARGUMENT",
        `Component "${context.name}" (${context.type}): no file can hold the key ${JSON.stringify(key)}; its parts must be neither empty nor longer than a file name`,
        { component: context.name, operation: "configuration.get" },
      );
    }

    async function read(keys: readonly string[]): Promise<Map<string, ConfigurationItem>> {
      if (isClosed) {
        throw new MechaError("UNAVAILABLE", `Component "${context.name}" (${context.type}) is closed`, {
          component: context.name,
        });
      }
      const items = new Map<string, ConfigurationItem>();
      const files = keys.map((key) => [key, fileOf(key)] as const);
      try {
        for (const [key, file] of keys.length > 0 ? files : await listFiles(root)) {
          // A link that leads out of the folder is no value: whoever may write here could have any file read.
          const path = await pathInside(root, relative(root, file));
          const bytes = path === undefined ? undefined : await readIfThere(path);
          if (bytes !== undefined) items.set(key, itemOf(bytes));
        }
      } catch (error) {
        throw MechaError.from(error, `Component "${context.name}" (${context.type}): reading ${root} failed`, {
          component: context.name,
          operation: "configuration.get",
        });
      }
      return items;
    }

    return {
      backend: `file:${relative(context.baseFolder, root) || "."}`,
      async get(keys) {
        return read(keys);
      },
      async subscribe(keys, onChange) {
        const folders = keys.map((key) => dirname(fileOf(key)));
        const subscription = await watchFiles({
          read: () => read(keys),
          folders: async () => (keys.length > 0 ? folders : listFolders(root)),
          onChange,
          onProblem: (problem) => context.logger.warn(`Component "${context.name}" (${context.type}): ${problem}`),
        });
        async function close(): Promise<void> {
          closers.delete(close);
          await subscription.close();
        }
        closers.add(close);
        return { close };
      },
      async close() {
        isClosed = true;
        await Promise.all([...closers].map((close) => close()));
      },
    };
  },
};

function itemOf(bytes: Buffer): ConfigurationItem {
  return { value: bytes.toString("utf8"), version: createHash("sha256").update(bytes).digest("hex"), metadata: {} };
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    // Reading a pipe or a device might never end.
    return (await stat(file)).isFile() ? await readFile(file) : undefined;
  } catch (error) {
    if (isFileMissing(error)) return undefined;
    throw error;
  }
}

async function listFiles(root: string): Promise<[key: string, file: string][]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  const found: [string, string][] = [];
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    const key = entry.isDirectory() ? undefined : keyOfPath(relative(root, file).split(sep).join("/"));
    if (key !== undefined) found.push([key, file]);
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}

async function listFolders(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  return [root, ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))];
}
