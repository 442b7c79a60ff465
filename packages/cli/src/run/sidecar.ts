import { join } from "node:path";
import type { RespPort } from "@mecha/adapter-cache";
import { createRuntime, serveGrpc, serveHttp, serveMetrics, type HttpDoorOptions, type Runtime } from "@mecha/runtime";
import { daprMethods, type Metadata } from "@mecha/sdk-core/protocol";
import type { AppSettings } from "./app-settings.js";
import type { Log } from "./log.js";
import { openRedisPort } from "./redis-port.js";
import { createOpenSpans } from "../tracing/open-spans.js";

/** The runtime beside an app, with its doors open. */
export interface Sidecar {
  /** What the app is to find in its environment. */
  readonly environment: Metadata;
  /** Resolves when the runtime was asked to end, over its API. */
  readonly asked: Promise<void>;
  /** How it was started, with the ports that it got. */
  readonly settled: AppSettings;
  /** What was loaded and where the doors are, one line each. */
  describe(): Promise<readonly string[]>;
  /** Waits for the app and lets the runtime call it; resolves at once for an app without a port. */
  connectApp(signal: AbortSignal): Promise<void>;
  /** Ends doors and runtime. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a runtime and opens its doors.
 *
 * @param onRestartNeeded - starts it again, as resources of these kinds have changed, which are read at the start alone
 */
export async function startSidecar(
  settings: AppSettings,
  log: Log,
  onRestartNeeded: (kinds: readonly string[]) => void,
): Promise<Sidecar> {
  const { appId, appPort, appProtocol, resourcesPaths, configFile, maxBodyBytes } = settings;
  const runtime = await createRuntime({
    appId,
    resourcesPaths,
    maxMessageBytes: maxBodyBytes,
    openSpans: createOpenSpans(log),
    onRestartNeeded,
    ...(settings.metrics !== undefined && { metrics: settings.metrics }),
    ...(configFile !== undefined && { configFile }),
    peers: settings.peers,
    ...(appProtocol === "grpc" &&
      appPort > 0 && { appGrpcPort: appPort, appApiToken: process.env["APP_API_TOKEN"] ?? "" }),
  });
  try {
    return await openDoors(runtime, settings, log);
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

async function openDoors(runtime: Runtime, settings: AppSettings, log: Log): Promise<Sidecar> {
  const { appId, appPort, appProtocol } = settings;
  const apiToken = process.env["DAPR_API_TOKEN"] ?? "";
  let isReady = appPort === 0;
  const options = {
    apiToken,
    allowedHosts: settings.allowedHosts,
    allowedOrigins: settings.allowedOrigins,
    isReady: () => isReady,
    maxHeaderBytes: settings.maxHeaderBytes,
    ...apiLog(runtime, settings, log),
  };
  const places = placesOf(settings);
  const http: string[] = [];
  const grpc: string[] = [];
  for (const place of places) {
    // Further addresses have the port that the first one got.
    const httpPort = http[0] === undefined ? settings.daprHttpPort : portOf(http[0]);
    const grpcPort = grpc[0] === undefined ? settings.daprGrpcPort : portOf(grpc[0]);
    const isPath = "folder" in place;
    http.push(
      (
        await serveHttp(
          runtime,
          isPath ? { path: socketOf(place.folder, appId, "http") } : { ...place, port: httpPort },
          options,
        )
      ).address,
    );
    grpc.push(
      (
        await serveGrpc(
          runtime,
          isPath ? { path: socketOf(place.folder, appId, "grpc") } : { ...place, port: grpcPort },
          { apiToken },
        )
      ).address,
    );
  }
  const metrics = await openMetrics(runtime, settings);
  const redis = await openRedisPort(runtime, settings);
  let beginEnd = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    beginEnd = resolve;
  });
  runtime.addDoor(() => {
    beginEnd();
    return Promise.resolve();
  });
  return {
    asked,
    settled: {
      ...settings,
      daprHttpPort: portOf(http[0] ?? ""),
      daprGrpcPort: portOf(grpc[0] ?? ""),
      redisPort: redis?.port,
      metricsPort: metrics === undefined ? settings.metricsPort : portOf(metrics),
    },
    environment: {
      APP_ID: appId,
      DAPR_APP_ID: appId,
      ...(appPort > 0 && { APP_PORT: String(appPort), APP_PROTOCOL: appProtocol }),
      ...addresses(http[0] ?? "", grpc[0] ?? ""),
      ...(redis && { MECHA_REDIS_PORT: String(redis.port) }),
    },
    describe: async () => [
      ...(await describe(runtime, http, grpc)),
      ...(metrics === undefined ? [] : [`metrics on ${metrics}`]),
      ...(redis === undefined ? [] : [describeRedis(redis)]),
    ],
    async connectApp(signal) {
      if (appPort === 0) return;
      log.info(`waiting for the app on port ${String(appPort)} (${appProtocol})`);
      await runtime.connectApp(
        {
          port: appPort,
          protocol: appProtocol,
          host: settings.appChannelAddress,
          apiToken: process.env["APP_API_TOKEN"] ?? "",
          maxConcurrency: settings.appMaxConcurrency,
          healthPath: settings.appHealthCheckPath,
          ...(settings.appHealthCheck && { healthCheck: settings.appHealthCheck }),
        },
        signal,
      );
      isReady = true;
      log.info(`the app answers on port ${String(appPort)}`);
    },
    close: () => runtime.close(),
  };
}

function describeRedis({ address, component, native }: RespPort): string {
  return `Redis clients on ${address}: ${native ? "the server of" : "the command engine on"} ${component}`;
}

/** Serves the metrics that the runtime keeps; the result is where. */
async function openMetrics(
  runtime: Runtime,
  { metricsPort, metricsListenAddress }: AppSettings,
): Promise<string | undefined> {
  if (runtime.metrics === undefined) return undefined;
  return (await serveMetrics(runtime, { host: metricsListenAddress, port: metricsPort })).address;
}

/** Logs calls of the HTTP API, as the flag says, or else the Configuration. */
function apiLog({ apiLogging }: Runtime, { isApiLogged }: AppSettings, log: Log): Pick<HttpDoorOptions, "onAnswered"> {
  const { isEnabled = false, hidesPaths = false } = apiLogging ?? {};
  if (!(isApiLogged ?? isEnabled)) return {};
  return {
    onAnswered: (verb, path, status) => {
      // Some app asks every second.
      if (path.startsWith("/v1.0/healthz")) return;
      const shown = hidesPaths ? path.split("/").slice(0, 3).join("/") : path;
      log.info(`HTTP API called: ${verb} ${shown} ${String(status)}`);
    },
  };
}

type Place = { readonly folder: string } | { readonly host: string };

function placesOf({ unixDomainSocket, listenAddresses }: AppSettings): readonly Place[] {
  if (unixDomainSocket !== undefined) return [{ folder: unixDomainSocket }];
  return listenAddresses.map((host) => ({ host: host.replace(/^\[(.*)\]$/u, "$1") }));
}

/** The names that Dapr's SDKs look for. */
function socketOf(folder: string, appId: string, protocol: string): string {
  return join(folder, `dapr-${appId}-${protocol}.socket`);
}

function portOf(address: string): number {
  return Number(/:(\d+)$/u.exec(address)?.[1] ?? 0);
}

/** The variables by which every Dapr SDK finds its sidecar. */
function addresses(http: string, grpc: string): Metadata {
  if (http.startsWith("unix:")) return { DAPR_GRPC_ENDPOINT: grpc };
  const [httpPort, grpcPort] = [String(portOf(http)), String(portOf(grpc))];
  return { DAPR_HTTP_PORT: httpPort, DAPR_GRPC_PORT: grpcPort };
}

/** A trace that is not sampled: what the command asks for itself is no span of the app's. */
const untraced = { traceparent: `00-${"1".repeat(32)}-${"1".repeat(16)}-00` };

async function describe(runtime: Runtime, http: readonly string[], grpc: readonly string[]): Promise<string[]> {
  const { registeredComponents } = await runtime.transport.unary(daprMethods.getMetadata, {}, { metadata: untraced });
  const components = registeredComponents.map(({ name, type, version }) => `${name} (${type}/${version})`);
  const absent = Object.entries(daprMethods)
    .filter(([, { path }]) => !runtime.handlers.has(path))
    .map(([name]) => name.replace(/(Alpha|Beta)\d$/u, ""));
  return [
    `app "${runtime.appId}": HTTP API on ${http.join(", ")}, gRPC API on ${grpc.join(", ")}`,
    components.length === 0 ? "no components are loaded" : `components: ${components.join(", ")}`,
    ...(absent.length === 0 ? [] : [`not answered here: ${[...new Set(absent)].join(", ")}`]),
    "actors, jobs and calls between apps stay on this machine; daprd does the same for more of them",
  ];
}
