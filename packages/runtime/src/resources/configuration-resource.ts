import { readResourceDocuments, type ResourceDocument } from "@mecha/sdk-core/resources";
import { MechaError } from "@mecha/spec";
import * as z from "zod/mini";
import type { SecretScope } from "../secrets/secret-access.js";
import { parseResource } from "./parse-resource.js";

const texts = z.nullish(z.array(z.string({ error: "text is required" }), { error: "a list is required" }));

const scope = z.object(
  {
    storeName: z.string({ error: "the name of a secret store is required" }),
    defaultAccess: z.nullish(
      z
        .string({ error: 'the access is "allow" or "deny"' })
        .check(z.regex(/^(?:allow|deny)?$/i, 'the access is "allow" or "deny"')),
    ),
    allowedSecrets: texts,
    deniedSecrets: texts,
  },
  { error: "a scope with storeName is required" },
);

const schema = z.object({
  spec: z.nullish(
    z.object({
      secrets: z.nullish(z.object({ scopes: z.nullish(z.array(scope, { error: "a list of scopes is required" })) })),
    }),
  ),
});

/** What a Configuration of Dapr says, as far as the runtime heeds it. */
export interface ConfigurationSettings {
  readonly secretScopes: readonly SecretScope[];
}

/**
 * Reads the file that `--config` names in Dapr: one document of kind Configuration.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a file that is not there or has no such document, and for anything in it that is wrong
 */
export async function readConfigurationFile(file: string): Promise<ConfigurationSettings> {
  const documents = await readResourceDocuments([file]);
  const found = documents.find(({ kind }) => kind === "Configuration");
  if (found !== undefined) return settingsOf(found);
  throw new MechaError("CONFIGURATION_INVALID", `${file} has no document of kind Configuration`, {
    operation: "resources.read",
  });
}

function settingsOf(document: ResourceDocument): ConfigurationSettings {
  const { spec } = parseResource(document, schema);
  const scopes = spec?.secrets?.scopes ?? [];
  return {
    secretScopes: scopes.map(({ storeName, defaultAccess, allowedSecrets, deniedSecrets }) => ({
      storeName,
      defaultAccess: defaultAccess ?? "",
      allowedSecrets: allowedSecrets ?? [],
      deniedSecrets: deniedSecrets ?? [],
    })),
  };
}
