import { readFile, stat } from "node:fs/promises";
import { extname, relative, resolve } from "node:path";
import type { ComponentContext, ComponentDefinition } from "@mecha/spec";
import { isFileMissing } from "../files/file-errors.js";
import { pathInside } from "../files/path-inside.js";
import { readMetadata } from "../metadata/metadata-reader.js";
import { cryptoFailure } from "./crypto-failure.js";
import { createLocalCrypto, keyNotFound, type KeyVault } from "./local-crypto.js";
import { type KeyFormat, parseKey } from "./vault-key.js";

/**
 * `crypto.dapr.localstorage`: keys in the files of a folder, as in components-contrib 1.18. The name of a key is the name of its file:
 * PEM, a JSON Web Key, or a symmetric key as Base64 or bare bytes.
 *
 * Metadata: `path`, the folder; relative to the project root. Files are read at each use, so a key that is replaced is used at once.
 */
export const component: ComponentDefinition<"crypto"> = {
  type: "crypto.dapr.localstorage",
  async create(context) {
    return createLocalCrypto(context, await openFolder(context));
  },
};

const formats: Readonly<Record<string, KeyFormat>> = { ".json": "jwk", ".pem": "pem" };

async function openFolder(context: ComponentContext): Promise<KeyVault> {
  const metadata = readMetadata(context);
  const root = resolve(context.baseFolder, metadata.requiredText("path"));
  const isFolder = await stat(root).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw metadata.invalid("path", `is "${root}", which is no folder`);
  return {
    backend: `file:${relative(context.baseFolder, root) || "."}`,
    async find(keyName) {
      if (keyName.includes("..")) throw cryptoFailure("invalid key path: cannot contain '..'");
      const file = await pathInside(root, keyName);
      if (file === undefined) throw keyNotFound();
      const content = await readFile(file).catch((error: unknown) => {
        throw isFileMissing(error) ? keyNotFound() : cryptoFailure(`failed to load key '${keyName}': ${String(error)}`);
      });
      return parseKey(content, formats[extname(file).toLowerCase()] ?? "any");
    },
  };
}
