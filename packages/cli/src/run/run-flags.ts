import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { appIdFrom, resourcesPathsFrom } from "@mecha/sdk-core";
import { type Command, Option } from "commander";
import type { AppSettings } from "./app-settings.js";
import { ignoredFlags } from "./ignored-flags.js";
import { toBytes, toCount, toList, toPort, wrongArgument } from "./parse-values.js";

/** What commander makes of the flags. */
type Flags = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Declares the flags of `dapr run`. */
export function addRunFlags(command: Command): Command {
  command
    .option("-a, --app-id <id>", "name of the app, by which others call it (APP_ID)")
    .option("-p, --app-port <port>", "port on which the app takes calls of the runtime (APP_PORT)")
    .option("-P, --app-protocol <protocol>", "what the app speaks on that port: http or grpc (APP_PROTOCOL)")
    .option("--app-channel-address <address>", "where the app listens", "127.0.0.1")
    .option("--app-max-concurrency <count>", "most calls that the app has at a time", "0")
    .option("--app-health-check-path <path>", "where an HTTP app says that it is well", "/healthz")
    .option("-H, --dapr-http-port <port>", "port of Dapr's HTTP API (DAPR_HTTP_PORT; else a free one)")
    .option("-G, --dapr-grpc-port <port>", "port of Dapr's gRPC API (DAPR_GRPC_PORT; else a free one)")
    .option(
      "--dapr-internal-grpc-port <port>",
      "port at which runtimes of other machines call the app (MECHA_PEER_PORT)",
    )
    .option("--dapr-internal-grpc-listen-address <address>", "where that port is (MECHA_PEER_HOST; else 127.0.0.1)")
    .option(
      "--redis-port <port>",
      "port for clients of Redis in any language, answered by the state store (0: a free one)",
    )
    .option("--redis-listen-address <address>", "where that port is", "127.0.0.1")
    .option("--redis-password-file <file>", "file with what its clients must know (MECHA_REDIS_PASSWORD)")
    .option("-d, --resources-path <path>", "folder or file with components; may be repeated", collect)
    .option("-c, --config <file>", "file with a Dapr Configuration")
    .addOption(new Option("--components-path <path>", "older name of --resources-path").argParser(collect).hideHelp())
    .option("--dapr-listen-addresses <addresses>", "addresses to listen on, separated by commas", "127.0.0.1")
    .addOption(new Option("--api-listen-addresses <addresses>", "the same").hideHelp())
    .option("-u, --unix-domain-socket <folder>", "folder for Unix sockets in place of ports")
    .option("--max-body-size <size>", "largest request and response, such as 16Mi", "4Mi")
    .option("--allowed-hosts <names>", "host names by which the HTTP API may be called, besides localhost")
    .option("--allowed-origins <origins>", "origins of web pages that may call the HTTP API")
    .option("--read-buffer-size <size>", "most bytes of the headers of an HTTP request, such as 32Ki", "16Ki")
    .option("-M, --metrics-port <port>", "port of the metrics, which are kept then (else 9090, or -1 for a free one)")
    .option("--enable-metrics [boolean]", "keep metrics, for Prometheus")
    .addOption(new Option("--metrics-listen-address <address>").default("127.0.0.1").hideHelp())
    .option(
      "--enable-app-health-check [boolean]",
      "probe the app's health, and bring nothing to it while it is not well",
    )
    .option("--app-health-probe-interval <seconds>", "time from one probe to the next", "5")
    .option("--app-health-probe-timeout <ms>", "how long the app may take for a probe", "500")
    .option("--app-health-threshold <count>", "failed probes in a row after which the app is not well", "3")
    .option("--log-level <level>", "debug, info, warn or error", "info")
    .option("--log-as-json [boolean]", "the log has a JSON object a line, in daprd's form")
    .option("--enable-api-logging [boolean]", "log each call of the HTTP API");
  for (const [flags, { description }] of Object.entries(olderFlags))
    command.addOption(new Option(flags, description).hideHelp());
  for (const flags of Object.keys(ignoredFlags)) {
    command.addOption(new Option(flags, "changes nothing here").hideHelp());
  }
  return command;
}

/**
 * Reads the flags, and the environment where `dapr run` does.
 *
 * @throws MechaError `INVALID_ARGUMENT` for a value that makes no sense here.
 */
export function settingsOf(flags: Flags, command: readonly string[], environment: NodeJS.ProcessEnv): AppSettings {
  const text = (name: string, variable?: string): string => {
    const flag = flags[name];
    const value = typeof flag === "string" ? flag : variable === undefined ? undefined : environment[variable];
    return value ?? "";
  };
  const appId = text("appId") || appIdFrom(environment);
  if (!/^[a-zA-Z0-9][\w-]*$/u.test(appId))
    throw wrongArgument(`The app id "${appId}" cannot be: it has letters, digits, - and _ only`);
  return {
    appId,
    command,
    appPort: toPort(text("appPort", "APP_PORT") || "0", "--app-port"),
    appProtocol: protocolOf(text("appProtocol", "APP_PROTOCOL") || "http"),
    appChannelAddress: text("appChannelAddress"),
    appMaxConcurrency: toCount(text("appMaxConcurrency"), "--app-max-concurrency"),
    appHealthCheckPath: text("appHealthCheckPath"),
    appHealthCheck: healthCheckOf(flags),
    daprHttpPort: toPort(text("daprHttpPort", "DAPR_HTTP_PORT") || "0", "--dapr-http-port"),
    daprGrpcPort: toPort(text("daprGrpcPort", "DAPR_GRPC_PORT") || "0", "--dapr-grpc-port"),
    redisPort: text("redisPort") === "" ? undefined : toPort(text("redisPort"), "--redis-port"),
    redisListenAddress: text("redisListenAddress").replace(/^\[(.*)\]$/u, "$1"),
    redisPassword: redisPasswordOf(text("redisPasswordFile"), environment),
    peers: peersOf(text("daprInternalGrpcPort"), text("daprInternalGrpcListenAddress")),
    resourcesPaths: resourcesPathsOf(flags, environment),
    configFile: text("config") === "" ? undefined : resolve(text("config")),
    listenAddresses: toList(text("apiListenAddresses") || text("daprListenAddresses")),
    unixDomainSocket: text("unixDomainSocket") || undefined,
    maxBodyBytes: inUnits(text("daprHttpMaxRequestSize"), "Mi") ?? toBytes(text("maxBodySize"), "--max-body-size"),
    maxHeaderBytes:
      inUnits(text("daprHttpReadBufferSize"), "Ki") ?? toBytes(text("readBufferSize"), "--read-buffer-size"),
    metrics: truthOf(flags, "enableMetrics") ?? (text("metricsPort") === "" ? undefined : true),
    metricsPort: toPort(text("metricsPort") || String(defaultMetricsPort), "--metrics-port"),
    metricsListenAddress: text("metricsListenAddress"),
    isLogJson: truthOf(flags, "logAsJson") ?? false,
    allowedHosts: toList(text("allowedHosts")),
    allowedOrigins: toList(text("allowedOrigins")),
    logLevel: logLevelOf(text("logLevel")),
    isApiLogged: truthOf(flags, "enableApiLogging"),
    ignored: ignoredOf(flags),
  };
}

/** Port on which daprd serves metrics. */
const defaultMetricsPort = 9090;

/** Names that flags had before. */
const olderFlags = {
  "--dapr-http-max-request-size <MiB>": { description: "older name of --max-body-size" },
  "--dapr-http-read-buffer-size <KiB>": { description: "older name of --read-buffer-size" },
} as const;

/** A number of a unit that the flag implies; none for a flag that is not given, or is dapr's -1. */
function inUnits(text: string, unit: "Ki" | "Mi"): number | undefined {
  return text === "" || text === "-1" ? undefined : toBytes(`${text}${unit}`, "the older flag of a size");
}

/** A flag that may say that it is not: `--enable-metrics=false`. */
function truthOf(flags: Flags, name: string): boolean | undefined {
  const given = flags[name];
  if (given === undefined || typeof given === "boolean") return given;
  if (given === "true" || given === "false") return given === "true";
  throw wrongArgument(`The flag for ${name} is "${String(given)}"; it may be true or false`);
}

function healthCheckOf(flags: Flags): AppSettings["appHealthCheck"] {
  if (truthOf(flags, "enableAppHealthCheck") !== true) return undefined;
  const positive = (name: string, flag: string): number => {
    const value = flags[name];
    const number = toCount(typeof value === "string" ? value : "", flag);
    if (number > 0) return number;
    throw wrongArgument(`${flag} must be more than 0`);
  };
  const intervalMs = positive("appHealthProbeInterval", "--app-health-probe-interval") * 1_000;
  const timeoutMs = positive("appHealthProbeTimeout", "--app-health-probe-timeout");
  if (timeoutMs > intervalMs)
    throw wrongArgument("--app-health-probe-timeout is longer than --app-health-probe-interval; make it shorter");
  return { intervalMs, timeoutMs, threshold: positive("appHealthThreshold", "--app-health-threshold") };
}

function redisPasswordOf(file: string, environment: NodeJS.ProcessEnv): string {
  if (file === "") return environment["MECHA_REDIS_PASSWORD"] ?? "";
  try {
    const password = readFileSync(file, "utf8").replace(/\r?\n$/u, "");
    if (password !== "") return password;
  } catch (error) {
    throw wrongArgument(`--redis-password-file cannot be read: ${(error as Error).message}`);
  }
  throw wrongArgument(`--redis-password-file ${file} is empty`);
}

function peersOf(port: string, host: string): AppSettings["peers"] {
  return {
    ...(port !== "" && { port: toPort(port, "--dapr-internal-grpc-port") }),
    ...(host !== "" && { host: host.replace(/^\[(.*)\]$/u, "$1") }),
  };
}

function protocolOf(name: string): AppSettings["appProtocol"] {
  const lowerCase = name.toLowerCase();
  if (lowerCase === "http" || lowerCase === "grpc") return lowerCase;
  throw wrongArgument(
    `The app protocol "${name}" is not spoken here; it may be http or grpc. daprd speaks the others.`,
  );
}

function resourcesPathsOf(flags: Flags, environment: NodeJS.ProcessEnv): readonly string[] {
  const given = [flags["resourcesPath"], flags["componentsPath"]]
    .flatMap((paths) => (Array.isArray(paths) ? (paths as readonly string[]) : []))
    .flatMap(toList);
  if (given.length > 0) return given.map((path) => resolve(path));
  // An app that only calls others needs no components.
  if ((environment["DAPR_RESOURCES_PATHS"] ?? "") === "" && !existsSync("components")) return [];
  return resourcesPathsFrom(environment);
}

function logLevelOf(name: string): AppSettings["logLevel"] {
  const level = name.toLowerCase();
  if (level === "debug" || level === "info" || level === "warn" || level === "error") return level;
  // daprd has two more, which say even less.
  if (level === "fatal" || level === "panic") return "error";
  throw wrongArgument(`The log level "${name}" is unknown; it may be debug, info, warn or error`);
}

function ignoredOf(flags: Flags): readonly string[] {
  return Object.entries(ignoredFlags).flatMap(([declared, why]) => {
    const [flag = ""] = declared.split(" ", 1);
    const name = flag.slice(2).replaceAll(/-(\w)/gu, (_, letter: string) => letter.toUpperCase());
    return flags[name] === undefined ? [] : [`${flag}: ${why}`];
  });
}
