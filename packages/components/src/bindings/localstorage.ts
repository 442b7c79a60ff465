import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import {
  type BindingRequest,
  type BindingResponse,
  type ComponentDefinition,
  MechaError,
  type MechaErrorCode,
  type OutputBinding,
} from "@mecha/spec";
import { isFileMissing } from "../files/file-errors.js";
import { pathInside, realPathOf } from "../files/path-inside.js";
import { replaceFile, temporaryPrefix } from "../files/replace-file.js";
import { readMetadata } from "../metadata/metadata-reader.js";
import { decodeLocalStorageData } from "./localstorage-data.js";

/** Folders in which daprd's component refuses to work, and so does this one. */
const refusedRoots = ["/proc", "/sys", "/boot", "/var/run/secrets", "/run/secrets"];

/**
 * `bindings.localstorage`: files in a folder, as in components-contrib 1.18.
 *
 * Metadata: `rootPath`, the folder, made if it is missing; relative to the project root.
 * Operations, each with `fileName` in the request's metadata, relative to that folder:
 * - `create` writes the data and answers `{"fileName":…}`; without a name it makes one. Like daprd's component it unquotes a quoted
 *   string and decodes base64, so data that happens to be valid base64 must be encoded by the caller.
 * - `get` answers the file's bytes, `delete` removes it, `list` answers a JSON array of the absolute paths below a folder.
 *
 * Unlike daprd's component it writes by renaming, so that readers never see half a file, and refuses names that lead out of the folder.
 */
export const component: ComponentDefinition<"bindings", OutputBinding> = {
  type: "bindings.localstorage",
  async create(context) {
    const metadata = readMetadata(context);
    const root = resolve(context.baseFolder, metadata.requiredText("rootPath"));
    const realRoot = await realPathOf(root);
    if (refusedRoots.some((refused) => realRoot === refused || realRoot.startsWith(`${refused}/`))) {
      throw metadata.invalid(
        "rootPath",
        `is "${root}"; folders of the system are not allowed: ${refusedRoots.join(", ")}`,
      );
    }
    try {
      await mkdir(root, { recursive: true });
    } catch (error) {
      throw metadata.invalid("rootPath", `is "${root}", which is no folder and cannot be made one: ${String(error)}`);
    }

    function failure(code: MechaErrorCode, request: BindingRequest, problem: string, cause?: unknown): MechaError {
      return new MechaError(
        code,
        `Component "${context.name}" (${context.type}): ${request.operation} of "${request.metadata["fileName"] ?? ""}" failed: ${problem}`,
        { component: context.name, operation: `binding.${request.operation}`, cause },
      );
    }

    async function pathOf(request: BindingRequest, name: string): Promise<string> {
      const path = await pathInside(root, name);
      if (path === undefined) throw failure("INVALID_ARGUMENT", request, "the name leads out of the binding's folder");
      return path;
    }

    async function filePathOf(request: BindingRequest, name: string): Promise<string> {
      const path = await pathOf(request, name);
      if (path !== root) return path;
      throw failure(
        "INVALID_ARGUMENT",
        request,
        'metadata "fileName" names no file; give a name below the binding\'s folder',
      );
    }

    const operations: Readonly<Record<string, (request: BindingRequest, name: string) => Promise<BindingResponse>>> = {
      async create(request, name) {
        const path = await filePathOf(request, name || randomUUID());
        await replaceFile(path, decodeLocalStorageData(request.data));
        return jsonResponse({ fileName: relative(root, path) });
      },
      async get(request, name) {
        return { data: await readFile(await filePathOf(request, name)) };
      },
      async delete(request, name) {
        await rm(await filePathOf(request, name));
        return {};
      },
      async list(request, name) {
        const folder = await pathOf(request, name);
        if (!(await stat(folder)).isDirectory()) throw failure("INVALID_ARGUMENT", request, "it is not a folder");
        const files = await listFiles(folder);
        // daprd's component answers null where there is none.
        return jsonResponse(files.length > 0 ? files : null);
      },
    };

    return {
      backend: `file:${relative(context.baseFolder, root) || "."}`,
      operations: Object.keys(operations),
      async invoke(request) {
        const operation = Object.hasOwn(operations, request.operation) ? operations[request.operation] : undefined;
        if (operation === undefined) {
          throw failure("INVALID_ARGUMENT", request, `unknown operation; known: ${Object.keys(operations).join(", ")}`);
        }
        try {
          return await operation(request, request.metadata["fileName"] ?? "");
        } catch (error) {
          if (MechaError.is(error)) throw error;
          if (isFileMissing(error)) throw failure("NOT_FOUND", request, "file not found", error);
          throw failure("INTERNAL", request, String(error), error);
        }
      },
    };
  },
};

function jsonResponse(value: unknown): BindingResponse {
  return { data: Buffer.from(JSON.stringify(value)) };
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith(temporaryPrefix))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
