import { MechaError } from "@mecha/spec";
import type { AppConnectionProperties } from "../generated/dapr/proto/runtime/v1/metadata.js";
import type { HostOptions } from "./host.js";

/** What a sidecar speaks with the app. */
export type AppProtocol = "grpc" | "http";

/** Where the app waits for the calls of its sidecar. */
export interface ServerSettings {
  readonly port: number;
  readonly protocol: AppProtocol;
  /** Whether the app itself was told both; else a sidecar may know better. */
  readonly isComplete: boolean;
}

/**
 * Where the app is to wait for calls: what the options say, else the environment, else what the sidecar itself was told.
 *
 * @param sidecar - what the sidecar says of its connection to the app, if it says anything
 * @returns `undefined` if nobody names a port
 * @throws MechaError `CONFIGURATION_INVALID` for a port or protocol that cannot be.
 */
export function serverSettings(
  options: HostOptions,
  sidecar?: Partial<AppConnectionProperties>,
): ServerSettings | undefined {
  const port = portFrom(options) ?? (sidecar?.port === 0 ? undefined : sidecar?.port);
  if (port === undefined) return undefined;
  const named = options.appProtocol ?? setting("APP_PROTOCOL") ?? setting("DAPR_APP_PROTOCOL");
  const told = sidecar?.protocol === "" ? undefined : sidecar?.protocol;
  return { port, protocol: toProtocol(named ?? told ?? "grpc"), isComplete: named !== undefined };
}

/** The port that options or environment name. */
function portFrom({ appPort }: HostOptions): number | undefined {
  const named = setting("APP_PORT") ?? setting("DAPR_APP_PORT");
  const port = appPort ?? (named === undefined ? undefined : Number(named));
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65_535)) return port;
  throw invalid(
    `Handlers that the sidecar calls (onInvoke and others) need a port, and "${appPort ?? named ?? ""}" is none; set APP_PORT, or host({ appPort }), to the sidecar's --app-port`,
  );
}

function toProtocol(name: string): AppProtocol {
  const lowerCase = name.toLowerCase();
  if (lowerCase === "grpc" || lowerCase === "http") return lowerCase;
  throw invalid(
    `The app cannot be called by "${name}"; set APP_PROTOCOL, or host({ appProtocol }), and the sidecar's --app-protocol to grpc or http`,
  );
}

function setting(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

function invalid(message: string): MechaError {
  return new MechaError("CONFIGURATION_INVALID", message, { operation: "app.start" });
}
