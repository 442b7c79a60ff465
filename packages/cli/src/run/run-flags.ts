import { existsSync } from "node:fs";
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
    .option("-d, --resources-path <path>", "folder or file with components; may be repeated", collect)
    .option("-c, --config <file>", "file with a Dapr Configuration, of which the scopes of secrets are heeded")
    .addOption(new Option("--components-path <path>", "older name of --resources-path").argParser(collect).hideHelp())
    .option("--dapr-listen-addresses <addresses>", "addresses to listen on, separated by commas", "127.0.0.1")
    .addOption(new Option("--api-listen-addresses <addresses>", "the same").hideHelp())
    .option("-u, --unix-domain-socket <folder>", "folder for Unix sockets in place of ports")
    .option("--max-body-size <size>", "largest request and response, such as 16Mi", "4Mi")
    .option("--allowed-hosts <names>", "host names by which the HTTP API may be called, besides localhost", "")
    .option("--allowed-origins <origins>", "origins of web pages that may call the HTTP API", "")
    .option("--log-level <level>", "debug, info, warn or error", "info")
    .option("--enable-api-logging", "log each call of the HTTP API");
  for (const flags of Object.keys(ignoredFlags)) {
    const short = flags.startsWith("--metrics-port") ? "-M, " : "";
    command.addOption(new Option(short + flags, "changes nothing here").hideHelp());
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
    daprHttpPort: toPort(text("daprHttpPort", "DAPR_HTTP_PORT") || "0", "--dapr-http-port"),
    daprGrpcPort: toPort(text("daprGrpcPort", "DAPR_GRPC_PORT") || "0", "--dapr-grpc-port"),
    resourcesPaths: resourcesPathsOf(flags, environment),
    configFile: text("config") === "" ? undefined : resolve(text("config")),
    listenAddresses: toList(text("apiListenAddresses") || text("daprListenAddresses")),
    unixDomainSocket: text("unixDomainSocket") || undefined,
    maxBodyBytes: toBytes(text("maxBodySize"), "--max-body-size"),
    allowedHosts: toList(text("allowedHosts")),
    allowedOrigins: toList(text("allowedOrigins")),
    logLevel: logLevelOf(text("logLevel")),
    isApiLogged: flags["enableApiLogging"] === true,
    ignored: ignoredOf(flags),
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
