import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import type { ComponentDefinition } from "@mecha/spec";
import { readMetadata } from "../metadata/metadata-reader.js";
import { isJsonObject, secretsFromJson } from "./secrets-from-json.js";

/**
 * `secretstores.local.file`: a JSON file, read once when the component is created, as in components-contrib 1.18.
 *
 * Metadata: `secretsFile`, relative to the project root; `nestedSeparator` (default `:`), which joins the keys on the way to a nested
 * value; `multiValued` (default `false`): each top-level object is one secret of several values.
 */
export const component: ComponentDefinition<"secretstores"> = {
  type: "secretstores.local.file",
  async create(context) {
    const metadata = readMetadata(context);
    const file = resolve(context.baseFolder, metadata.requiredText("secretsFile"));
    const separator = metadata.text("nestedSeparator", ":");
    const isMultiValued = metadata.boolean("multiValued", false);

    let content: unknown;
    try {
      content = JSON.parse(await readFile(file, "utf8"));
    } catch (error) {
      // Neither text nor cause of a syntax error may be shown: it quotes the file, and the file is secret.
      const problem = error instanceof SyntaxError ? "which is no JSON" : `which cannot be read: ${String(error)}`;
      throw metadata.invalid("secretsFile", `is "${file}", ${problem}`);
    }
    if (!isJsonObject(content)) throw metadata.invalid("secretsFile", `is "${file}", which holds no JSON object`);

    const secrets = secretsFromJson(content, { separator, isMultiValued });
    return {
      backend: `file:${relative(context.baseFolder, file)}`,
      async get(name) {
        return secrets.get(name);
      },
      async getAll() {
        return secrets;
      },
    };
  },
};
