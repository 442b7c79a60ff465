import { existsSync } from "node:fs";
import { appIdFrom, MechaError, resourcesPathsFrom } from "@mecha/sdk-core";
import { readResourceDocuments, type ResourceDocument } from "@mecha/sdk-core/resources";
import { en } from "zod/locales";
import * as z from "zod/mini";
import { findUnreachable, type Rule } from "./rule.js";

/** Where cache connections go: the portable engine on a state store, or the backend's own protocol. */
export interface CacheTarget {
  readonly state?: string | undefined;
  readonly native?: string | undefined;
  readonly pubsub?: string | undefined;
}

/** Where topics go. */
export interface MqTarget {
  readonly pubsub: string;
}

/** Where configuration is read, and the output binding that writes it. */
export interface ConfigTarget {
  readonly configuration: string;
  readonly write?: string | undefined;
}

/** Which app provides an interface. */
export interface RpcTarget {
  readonly app: string;
}

/** The rules of every Adapters resource for this app, in the order of files and documents. */
export interface AdapterSettings {
  readonly cache: readonly Rule<CacheTarget>[];
  readonly mq: readonly Rule<MqTarget>[];
  readonly config: readonly Rule<ConfigTarget>[];
  readonly rpc: readonly Rule<RpcTarget>[];
}

// The small edition of zod speaks no language by itself.
z.config(en());

const pattern = z.union([z.string(), z.number()]);
const name = z.string().check(z.minLength(1));

/** Rules of one kind: what they match, and what they name. */
const rulesOf = <const K extends string, T extends z.core.$ZodLooseShape>(keys: readonly K[], target: T) =>
  z.strictObject({
    match: z._default(
      z.strictObject(
        Object.fromEntries(keys.map((key) => [key, z.optional(pattern)])) as Record<
          K,
          z.ZodMiniOptional<typeof pattern>
        >,
      ),
      {} as never,
    ),
    ...target,
  });

const cacheRule = rulesOf(["host", "port", "db"], {
  state: z.optional(name),
  native: z.optional(name),
  pubsub: z.optional(name),
}).check(
  z.refine(
    (rule) => (rule.state === undefined) !== (rule.native === undefined),
    "a cache rule names either state or native",
  ),
);
const mqRule = rulesOf(["topic", "group", "model"], { pubsub: name });
const configRule = rulesOf(["dataId", "group", "namespace"], { configuration: name, write: z.optional(name) });
const rpcRule = rulesOf(["interface", "version", "group"], { app: name });

const schema = z.strictObject({
  apiVersion: z.literal("mecha/v1alpha1"),
  kind: z.literal("Adapters"),
  metadata: z.looseObject({ name }),
  scopes: z.optional(z.array(z.string())),
  spec: z.strictObject({
    cache: z._default(z.array(cacheRule), []),
    mq: z._default(z.array(mqRule), []),
    config: z._default(z.array(configRule), []),
    rpc: z._default(z.array(rpcRule), []),
  }),
});

/**
 * Reads the resources of kind Adapters that are for this app: from `MECHA_ADAPTERS` (a file or folder), else from the
 * resources folder.
 *
 * @throws MechaError `CONFIGURATION_INVALID` that names file and line, for a wrong resource or a rule that can never match.
 */
export async function loadAdapterSettings(environment: NodeJS.ProcessEnv = process.env): Promise<AdapterSettings> {
  const paths = settingsPaths(environment);
  const appId = appIdFrom(environment);
  const documents = (await readResourceDocuments(paths)).filter(
    ({ kind, scopes }) => kind === "Adapters" && (scopes.length === 0 || scopes.includes(appId)),
  );
  const parsed = documents.map(toSettings);
  const settings: AdapterSettings = {
    cache: parsed.flatMap(({ cache }) => cache),
    mq: parsed.flatMap(({ mq }) => mq),
    config: parsed.flatMap(({ config }) => config),
    rpc: parsed.flatMap(({ rpc }) => rpc),
  };
  for (const rules of Object.values(settings) as readonly (readonly Rule<unknown>[])[]) refuseUnreachable(rules);
  return settings;
}

function settingsPaths(environment: NodeJS.ProcessEnv): readonly string[] {
  const [named = "", resources = ""] = [environment["MECHA_ADAPTERS"], environment["DAPR_RESOURCES_PATHS"]];
  if (named !== "") return [named];
  const paths = resourcesPathsFrom(environment);
  // An app beside a sidecar has no folder of components, and needs none as long as nothing is ambiguous.
  return resources === "" ? paths.filter((path) => existsSync(path)) : paths;
}

function toSettings(document: ResourceDocument): AdapterSettings {
  const result = schema.safeParse(document.value);
  if (!result.success) throw invalidResource(document, result.error);
  const { spec } = result.data;
  const rule = <T extends { readonly match: Readonly<Record<string, string | number | undefined>> }>(
    kind: string,
    index: number,
    { match, ...target }: T,
  ): Rule<Omit<T, "match">> => ({
    match: definedOnly(match),
    target,
    origin: document.locate(["spec", kind, index]),
  });
  return {
    cache: spec.cache.map((entry, index) => rule("cache", index, entry)),
    mq: spec.mq.map((entry, index) => rule("mq", index, entry)),
    config: spec.config.map((entry, index) => rule("config", index, entry)),
    rpc: spec.rpc.map((entry, index) => rule("rpc", index, entry)),
  };
}

function definedOnly(match: Readonly<Record<string, string | number | undefined>>): Record<string, string | number> {
  const entries = Object.entries(match).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

function refuseUnreachable(rules: readonly Rule<unknown>[]): void {
  const found = findUnreachable(rules);
  if (found === undefined) return;
  throw new MechaError(
    "CONFIGURATION_INVALID",
    `The rule at ${found.rule.origin} can never match: the earlier rule at ${found.earlier.origin} takes everything it would. Put the narrower rule first, or remove it.`,
    { operation: "adapters.load" },
  );
}

function invalidResource(document: ResourceDocument, error: z.core.$ZodError): MechaError {
  const [issue] = error.issues;
  const path = (issue?.path ?? []).filter((part): part is string | number => typeof part !== "symbol");
  const example = exampleOf(path[1]);
  return new MechaError(
    "CONFIGURATION_INVALID",
    `${document.locate(path)}: ${path.join(".") || "document"} of Adapters "${document.name}" is wrong: ${issue?.message ?? "unknown"}${example === undefined ? "" : `. A rule looks like ${example}`}`,
    { cause: error, operation: "adapters.load" },
  );
}

/** A rule of each kind, for messages. */
const examples = {
  cache: 'cache: [{ match: { host: "tair-*", port: 6379, db: 0 }, state: NAME }]',
  mq: 'mq: [{ match: { topic: "order-*", group: "GID_*", model: clustering }, pubsub: NAME }]',
  config: 'config: [{ match: { dataId: "*", group: "*", namespace: "*" }, configuration: NAME, write: BINDING }]',
  rpc: 'rpc: [{ match: { interface: "com.acme.*", version: "1.0", group: "*" }, app: APP_ID }]',
} as const;

function exampleOf(kind: string | number | undefined): string | undefined {
  return Object.entries(examples).find(([name]) => name === kind)?.[1];
}
