import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { existsSync } from "node:fs";
import { MechaError } from "@mecha/spec";
import { parseDocument } from "yaml";
import * as z from "zod/mini";
import { unreadFields } from "./unread-fields.js";

const text = z.union([z.string(), z.number(), z.boolean()]);
const list = z.union([z.array(z.string()), z.string()]);

/** What an app may say, and what `common` may say for all. */
const shared = {
  appID: z.optional(z.string()),
  appProtocol: z.optional(z.string()),
  appMaxConcurrency: z.optional(z.int()),
  appHealthCheckPath: z.optional(z.string()),
  enableAppHealthCheck: z.optional(z.boolean()),
  appHealthProbeInterval: z.optional(z.int()),
  appHealthProbeTimeout: z.optional(z.int()),
  appHealthThreshold: z.optional(z.int()),
  appChannelAddress: z.optional(z.string()),
  apiListenAddresses: z.optional(z.string()),
  daprListenAddresses: z.optional(z.string()),
  configFilePath: z.optional(z.string()),
  resourcesPath: z.optional(z.string()),
  resourcesPaths: z.optional(list),
  unixDomainSocket: z.optional(z.string()),
  logLevel: z.optional(z.string()),
  daprMaxRequestSize: z.optional(text),
  maxBodySize: z.optional(text),
  readBufferSize: z.optional(text),
  enableApiLogging: z.optional(z.boolean()),
  env: z.optional(z.record(z.string(), z.nullable(text))),
} as const;

const ofApp = {
  ...shared,
  appDirPath: z.string({ error: "each app needs appDirPath, the folder that it runs in" }),
  appPort: z.optional(z.int()),
  daprHTTPPort: z.optional(z.int()),
  daprGRPCPort: z.optional(z.int()),
  daprInternalGRPCPort: z.optional(z.int()),
  metricsPort: z.optional(z.int()),
  command: z.optional(z.array(z.string(), { error: 'command is a list of words, such as ["node", "app.js"]' })),
};

const app = z.looseObject(ofApp);
const ofFile = {
  version: z.literal(1, { error: "version: 1 is required" }),
  common: z.nullish(z.looseObject(shared)),
  apps: z.array(app, { error: "apps, a list of them, is required" }).check(z.minLength(1, "apps has none")),
};

const schema = z.looseObject(ofFile);
const known = { top: Object.keys(ofFile), common: Object.keys(shared), app: Object.keys(ofApp) };

/** One app of a run file. */
interface RunFileApp {
  readonly appId: string;
  /** Folder that it runs in. */
  readonly folder: string;
  /** Arguments of `mecha run` for it. */
  readonly args: readonly string[];
  /** Added to the environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What a run file says. */
export interface RunFile {
  readonly apps: readonly RunFileApp[];
  /** Of what the file says besides, that nobody reads. */
  readonly warnings: readonly string[];
}

/**
 * Reads a run file of dapr's multi-app run: a file, or `dapr.yaml` in a folder. Paths in it are relative to it.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for what is no such file; names file and field.
 */
export async function readRunFile(path: string): Promise<RunFile> {
  const file = await fileOf(path);
  const document = parseDocument(await readFile(file, "utf8"));
  const [broken] = document.errors;
  if (broken !== undefined) throw invalid(file, broken.message);
  const parsed = z.safeParse(schema, document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(file, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
  }
  const { apps, common } = parsed.data;
  const folder = dirname(resolve(file));
  const read = apps.map((one) => toApp({ ...(common ?? {}), ...one, env: { ...common?.env, ...one.env } }, folder));
  const ids = read.map(({ appId }) => appId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw invalid(file, `two apps have the id "${twice}"`);
  return { apps: read, warnings: unreadFields(parsed.data, known) };
}

async function fileOf(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new MechaError("CONFIGURATION_INVALID", `There is no run file at ${path}`, {
      operation: "cli.runFile",
      cause,
    });
  });
  return found.isDirectory() ? join(path, "dapr.yaml") : path;
}

function toApp(one: z.infer<typeof app>, base: string): RunFileApp {
  const folder = resolve(base, one.appDirPath);
  const appId = one.appID ?? basename(folder);
  const flags: readonly (readonly [string, string | number | boolean | undefined])[] = [
    ["--app-id", appId],
    ["--app-port", one.appPort],
    ["--app-protocol", one.appProtocol],
    ["--app-max-concurrency", one.appMaxConcurrency],
    ["--app-health-check-path", one.appHealthCheckPath],
    ["--enable-app-health-check", one.enableAppHealthCheck],
    ["--app-health-probe-interval", one.appHealthProbeInterval],
    ["--app-health-probe-timeout", one.appHealthProbeTimeout],
    ["--app-health-threshold", one.appHealthThreshold],
    ["--app-channel-address", one.appChannelAddress],
    ["--dapr-http-port", one.daprHTTPPort],
    ["--dapr-grpc-port", one.daprGRPCPort],
    ["--dapr-internal-grpc-port", one.daprInternalGRPCPort],
    ["--metrics-port", one.metricsPort],
    ["--read-buffer-size", one.readBufferSize],
    ["--dapr-listen-addresses", one.apiListenAddresses ?? one.daprListenAddresses],
    ["--config", one.configFilePath === undefined ? undefined : resolve(base, one.configFilePath)],
    ["--unix-domain-socket", one.unixDomainSocket],
    ["--log-level", one.logLevel],
    ["--max-body-size", one.maxBodySize ?? one.daprMaxRequestSize],
    ...resourcesOf(one, folder, base).map((path) => ["--resources-path", path] as const),
  ];
  const given = flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)]));
  const logging = one.enableApiLogging === true ? ["--enable-api-logging"] : [];
  const environment = Object.entries(one.env ?? {}).map(([name, value]) => [name, String(value ?? "")] as const);
  return {
    appId,
    folder,
    args: ["run", ...given, ...logging, ...(one.command === undefined ? [] : ["--", ...one.command])],
    environment: { ...namespaceOf(base), ...Object.fromEntries(environment) },
  };
}

/** The apps of a file are to find each other, also where each is a project of its own. */
function namespaceOf(base: string): Readonly<Record<string, string>> {
  return (process.env["MECHA_NAMESPACE"] ?? "") === "" ? { MECHA_NAMESPACE: base } : {};
}

/** What the file says, else `.dapr/resources` in the app's folder, as dapr has it. */
function resourcesOf(one: z.infer<typeof app>, folder: string, base: string): readonly string[] {
  const { resourcesPath, resourcesPaths = resourcesPath ?? [] } = one;
  const given = typeof resourcesPaths === "string" ? resourcesPaths.split(",") : resourcesPaths;
  if (given.length > 0) return given.map((path) => resolve(base, path.trim()));
  const own = join(folder, ".dapr", "resources");
  return existsSync(own) ? [own] : [];
}

function invalid(file: string, message: string): MechaError {
  return new MechaError("CONFIGURATION_INVALID", `The run file ${file} cannot be used: ${message}`, {
    operation: "cli.runFile",
  });
}
