import { access, constants } from "node:fs/promises";
import { readResourceDocuments, type ResourceDocument } from "@mecha/sdk-core/resources";
import { MechaError } from "@mecha/spec";
import * as z from "zod/mini";
import { accessControlOf, accessControlSchema } from "../access/access-control-schema.js";
import type { AccessControlSettings } from "../access/access-control-settings.js";
import { apiAccessOf, apiAccessSchema } from "../access/api-access-schema.js";
import type { ApiAccessSettings } from "../access/api-access-settings.js";
import { metricsSchema, metricsSettingsOf, type MetricsSettings } from "../metrics/metrics-settings.js";
import type { SecretScope } from "../secrets/secret-access.js";
import { tracingSchema, tracingSettingsOf } from "../tracing/tracing-schema.js";
import type { TracingSettings } from "../tracing/tracing-settings.js";
import type { ApiLoggingSettings } from "./api-logging-settings.js";
import { nameResolutionOf, nameResolutionSchema } from "../name-resolution/name-resolution-schema.js";
import type { NameResolutionSettings } from "../name-resolution/name-resolution-settings.js";
import { createLogger } from "../logger.js";
import { unheededSettings } from "./unheeded-settings.js";
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

const flag = z.nullish(z.boolean({ error: "true or false is required" }));

const loggingSchema = z.nullish(
  z.object({
    apiLogging: z.nullish(z.object({ enabled: flag, obfuscateURLs: flag, omitHealthChecks: flag })),
  }),
);

const featuresSchema = z.nullish(
  z.array(z.object({ name: z.string({ error: "the name of a feature is required" }), enabled: flag }), {
    error: "a list of features is required",
  }),
);

const schema = z.object({
  spec: z.nullish(
    z.object({
      secrets: z.nullish(z.object({ scopes: z.nullish(z.array(scope, { error: "a list of scopes is required" })) })),
      tracing: tracingSchema,
      metric: metricsSchema,
      metrics: metricsSchema,
      logging: loggingSchema,
      features: featuresSchema,
      accessControl: accessControlSchema,
      api: apiAccessSchema,
      nameResolution: nameResolutionSchema,
    }),
  ),
});

/** What a Configuration of Dapr says, as far as the runtime heeds it. */
export interface ConfigurationSettings {
  readonly secretScopes: readonly SecretScope[];
  /** Whether resources that change are taken up while the runtime runs: the feature `HotReload`. @defaultValue `true`, as daprd */
  readonly hotReload?: boolean;
  /** Absent where the Configuration says nothing of traces. */
  readonly tracing?: TracingSettings;
  /** Absent where it says nothing of metrics. */
  readonly metrics?: MetricsSettings;
  /** Absent where everybody may call the app. */
  readonly accessControl?: AccessControlSettings;
  /** Absent where the doors serve all of the API. */
  readonly api?: ApiAccessSettings;
  /** Absent where apps are found on this machine. */
  readonly nameResolution?: NameResolutionSettings;
  /** Absent where it says nothing of the log of the API. */
  readonly apiLogging?: ApiLoggingSettings;
}

/**
 * Reads the file that `--config` names in Dapr: one document of kind Configuration.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a file that is not there or has no such document, and for anything in it that is wrong
 */
export async function readConfigurationFile(file: string): Promise<ConfigurationSettings> {
  await access(file, constants.R_OK).catch((cause: unknown) => {
    throw new MechaError(
      "CONFIGURATION_INVALID",
      `The Configuration "${file}" cannot be read. Name a file that is there, by --config or MECHA_CONFIG.`,
      { cause, operation: "resources.read" },
    );
  });
  const documents = await readResourceDocuments([file]);
  const found = documents.find(({ kind }) => kind === "Configuration");
  if (found !== undefined) {
    const settings = settingsOf(found);
    for (const warning of unheededSettings(found)) createLogger("runtime").warn(warning);
    return settings;
  }
  throw new MechaError("CONFIGURATION_INVALID", `${file} has no document of kind Configuration`, {
    operation: "resources.read",
  });
}

function settingsOf(document: ResourceDocument): ConfigurationSettings {
  const { spec } = parseResource(document, schema);
  const scopes = spec?.secrets?.scopes ?? [];
  const tracing = tracingSettingsOf(spec?.tracing);
  // Both names are daprd's; the plural is preferred there too.
  const metrics = metricsSettingsOf(spec?.metrics ?? spec?.metric);
  const apiLogging = spec?.logging?.apiLogging;
  const hotReload = spec?.features?.find(({ name }) => name === "HotReload")?.enabled;
  const accessControl = accessControlOf(spec?.accessControl);
  const api = apiAccessOf(spec?.api);
  const nameResolution = nameResolutionOf(spec?.nameResolution);
  return {
    ...(accessControl !== undefined && { accessControl }),
    ...(api !== undefined && { api }),
    ...(nameResolution !== undefined && { nameResolution }),
    ...(typeof hotReload === "boolean" && { hotReload }),
    ...(tracing !== undefined && { tracing }),
    ...(metrics !== undefined && { metrics }),
    ...(apiLogging && {
      apiLogging: {
        isEnabled: apiLogging.enabled ?? false,
        hidesPaths: apiLogging.obfuscateURLs ?? false,
      },
    }),
    secretScopes: scopes.map(({ storeName, defaultAccess, allowedSecrets, deniedSecrets }) => ({
      storeName,
      defaultAccess: defaultAccess ?? "",
      allowedSecrets: allowedSecrets ?? [],
      deniedSecrets: deniedSecrets ?? [],
    })),
  };
}
