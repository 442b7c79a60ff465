import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { MechaError, type ComponentDefinition } from "@mecha/spec";
import type { CallSettings } from "../call/call-settings.js";
import type { SidecarConnectionOptions } from "../grpc/grpc-transport.js";

/** How to reach a runtime, and what stands around every call; each member overrides an environment variable. */
export interface ConnectOptions extends SidecarConnectionOptions, CallSettings {
  /** `embedded`, `sidecar`, or `auto`: a sidecar if an endpoint is named. @defaultValue `MECHA_MODE`, else `auto` */
  readonly mode?: "embedded" | "sidecar" | "auto";
  /** Address of a sidecar's gRPC API. @defaultValue `DAPR_GRPC_ENDPOINT`, else `127.0.0.1:DAPR_GRPC_PORT` */
  readonly endpoint?: string;
  /**
   * Address of a sidecar's HTTP API, which `mecha.app(id).fetch()` uses.
   *
   * @defaultValue `DAPR_HTTP_ENDPOINT`, else `http://127.0.0.1:DAPR_HTTP_PORT`
   */
  readonly httpEndpoint?: string;
  /** Name of this app. @defaultValue `APP_ID`, else `DAPR_APP_ID`, else the name in the nearest package.json */
  readonly appId?: string;
  /** Folders or files with resources, for embedded. @defaultValue `DAPR_RESOURCES_PATHS` (separated by `,` or the system's path separator), else `./components` */
  readonly resourcesPaths?: readonly string[];
  /**
   * Components that the app brings along, for the embedded runtime; a resource names one by its type. Those of the first connection
   * of the process count, as it starts the runtime. A sidecar has its own.
   *
   * @defaultValue none
   */
  readonly components?: readonly ComponentDefinition[];
}

/** Where the connection of a process goes. */
export type ConnectionTarget =
  | {
      readonly mode: "sidecar";
      readonly endpoint: string;
      readonly httpEndpoint?: string;
      readonly appId: string;
      readonly options: SidecarConnectionOptions;
    }
  | {
      readonly mode: "embedded";
      readonly appId: string;
      readonly resourcesPaths: readonly string[];
      readonly components?: readonly ComponentDefinition[];
    };

/**
 * Decides where calls go, from options and environment.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a sidecar without an endpoint, an unknown mode, or `auto` in production
 * without an endpoint (nobody shall get a private runtime by accident).
 */
export function resolveTarget(
  options: ConnectOptions = {},
  environment: NodeJS.ProcessEnv = process.env,
): ConnectionTarget {
  const mode = options.mode ?? valueOf(environment, "MECHA_MODE") ?? "auto";
  if (mode !== "auto" && mode !== "embedded" && mode !== "sidecar") {
    throw invalid(`MECHA_MODE is "${mode}"; it may be embedded, sidecar or auto`);
  }
  const endpoint = options.endpoint ?? endpointFrom(environment);
  const appId = options.appId ?? appIdFrom(environment);
  if (mode === "sidecar" || (mode === "auto" && endpoint !== undefined)) {
    if (endpoint === undefined)
      throw invalid(
        "MECHA_MODE is sidecar, but neither DAPR_GRPC_ENDPOINT nor DAPR_GRPC_PORT says where the sidecar is",
      );
    const { httpEndpoint, apiToken, tls, maximumMessageBytes, keepAliveMs } = options;
    return {
      mode: "sidecar",
      endpoint,
      ...(httpEndpoint !== undefined && { httpEndpoint }),
      appId,
      options: {
        ...(apiToken !== undefined && { apiToken }),
        ...(tls !== undefined && { tls: { ...tls } }),
        ...(maximumMessageBytes !== undefined && { maximumMessageBytes }),
        ...(keepAliveMs !== undefined && { keepAliveMs }),
      },
    };
  }
  if (mode === "auto" && isProduction(environment)) {
    throw invalid(
      "In production the runtime must be chosen: set DAPR_GRPC_ENDPOINT (or DAPR_GRPC_PORT) for a sidecar, or MECHA_MODE=embedded for the embedded runtime",
    );
  }
  return {
    mode: "embedded",
    appId,
    resourcesPaths: options.resourcesPaths?.map((path) => resolve(path)) ?? resourcesPathsFrom(environment),
    ...(options.components !== undefined && { components: options.components }),
  };
}

/** The folders and files that hold resources, as absolute paths. */
export function resourcesPathsFrom(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  const named = (environment["DAPR_RESOURCES_PATHS"] ?? "")
    .split(new RegExp(`[,${delimiter}]`))
    .map((path) => path.trim())
    .filter((path) => path !== "");
  return (named.length > 0 ? named : ["components"]).map((path) => resolve(path));
}

/** The app id of this process. */
export function appIdFrom(environment: NodeJS.ProcessEnv = process.env): string {
  return (
    valueOf(environment, "APP_ID") ?? valueOf(environment, "DAPR_APP_ID") ?? nearestPackageName(process.cwd()) ?? "app"
  );
}

function endpointFrom(environment: NodeJS.ProcessEnv): string | undefined {
  const endpoint = valueOf(environment, "DAPR_GRPC_ENDPOINT");
  if (endpoint !== undefined) return endpoint;
  const port = valueOf(environment, "DAPR_GRPC_PORT");
  if (port === undefined) return undefined;
  if (!/^\d{1,5}$/.test(port))
    throw invalid(`DAPR_GRPC_PORT is "${port}"; it is the number of the sidecar's gRPC port, for example 50001`);
  return `127.0.0.1:${port}`;
}

/** A variable that is set; shells and container files often set one to nothing. */
function valueOf(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = environment[name];
  return value === "" ? undefined : value;
}

function isProduction(environment: NodeJS.ProcessEnv): boolean {
  return environment["NODE_ENV"] === "production" || valueOf(environment, "KUBERNETES_SERVICE_HOST") !== undefined;
}

function nearestPackageName(folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    const name = packageNameIn(join(current, "package.json"));
    // A scope is no part of an app id: Dapr's ids have no slash.
    if (name !== undefined) return name.replace(/^@[^/]*\//, "");
    if (dirname(current) === current) return undefined;
  }
}

/** The name in a package.json; a file without one only says what kind of modules lie beside it. */
function packageNameIn(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { name } = JSON.parse(readFileSync(file, "utf8")) as { name?: unknown };
    return typeof name === "string" && name !== "" ? name : undefined;
  } catch (cause) {
    throw new MechaError(
      "CONFIGURATION_INVALID",
      `The name of this app cannot be read from ${file}; mend it, or set APP_ID`,
      { cause, operation: "connect" },
    );
  }
}

function invalid(message: string): MechaError {
  return new MechaError("CONFIGURATION_INVALID", message, { operation: "connect" });
}
