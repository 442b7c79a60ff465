import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDataFolder } from "./data-folder.js";
import { builtDapr, pinnedMinor } from "./daprd-binary.js";
import type { DaprStartOptions } from "./dapr-service.js";
import type { PlacementAddress, RunningEngine, SchedulerAddress } from "./engine.js";
import { EngineProcess } from "./engine-process.js";
import { freePortFamily } from "./free-ports.js";
import { requireInstalled } from "./missing.js";
import { orStopAll, runningEngine } from "./running-engine.js";
import { answersOk } from "./http.js";

/** What a sidecar speaks with its app. */
export type AppProtocol = "http" | "https" | "grpc" | "grpcs" | "h2c";

/** How a sidecar is started. `port` is the one of its HTTP API; the others follow within 2. */
export interface DaprdOptions extends DaprStartOptions {
  readonly appId: string;
  /**
   * Folders with the YAML of components, subscriptions, resiliency policies and HTTP endpoints.
   *
   * @defaultValue none: a sidecar without components
   */
  readonly resourcesFolders?: readonly string[];
  /** A file with a Dapr Configuration; what it says goes before the name resolution that every sidecar gets here. */
  readonly configFile?: string;
  /** The loopback port on which the app waits for the sidecar's calls. */
  readonly appPort?: number;
  /** @defaultValue "http" */
  readonly appProtocol?: AppProtocol;
  /** Needed for actors and workflows. */
  readonly placement?: Pick<PlacementAddress, "address">;
  /** Needed for jobs, actor reminders and workflows. */
  readonly scheduler?: Pick<SchedulerAddress, "address">;
  /** What callers of the sidecar must send as `dapr-api-token`. */
  readonly apiToken?: string;
  /** What the sidecar sends to its app as `dapr-api-token`. */
  readonly appApiToken?: string;
  /**
   * Where the sockets of pluggable components lie when the sidecar starts; a socket that nobody serves blocks the start.
   *
   * @defaultValue an empty folder
   */
  readonly componentsSocketsFolder?: string;
  /**
   * The SQLite file in which sidecars find each other: those that name the same one can invoke each other's apps.
   *
   * @defaultValue a file of this sidecar alone
   */
  readonly namesFile?: string;
  /** @defaultValue "info" */
  readonly logLevel?: "debug" | "info" | "warn" | "error";
  /** More flags of daprd; they win over the ones given here. */
  readonly args?: readonly string[];
  /** Added to this process's environment: what `secretstores.local.env` and `envRef` read. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running sidecar. */
export interface DaprdEngine extends RunningEngine {
  readonly name: "daprd";
  readonly appId: string;
  readonly host: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  /** `http://host:port` of the HTTP API. */
  readonly httpAddress: string;
  /** `host:port` of the gRPC API. */
  readonly grpcAddress: string;
  /** What the sidecar has logged up to now. */
  log(): string;
}

const portOffsets = [0, 1, 2];

/** Not mdns, which is multicast on every interface. */
function writeNameResolution(folder: string, namesFile: string): string {
  const file = join(folder, "name-resolution.yaml");
  const nameResolution = { component: "sqlite", configuration: { connectionString: namesFile } };
  // JSON is YAML, and quotes whatever a path has in it.
  const configuration = {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Configuration",
    metadata: { name: "mecha" },
    spec: { nameResolution },
  };
  writeFileSync(file, JSON.stringify(configuration));
  return file;
}

function flag(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`--${name}=${value}`];
}

function flagsOf(options: DaprdOptions, port: number, nameResolution: string): string[] {
  const { resourcesFolders = [], appPort } = options;
  return [
    ...flag("mode", "standalone"),
    ...flag("app-id", options.appId),
    ...flag("dapr-listen-addresses", "127.0.0.1"),
    ...flag("dapr-http-port", port),
    ...flag("dapr-grpc-port", port + 1),
    ...flag("dapr-internal-grpc-listen-address", "127.0.0.1"),
    ...flag("dapr-internal-grpc-port", port + 2),
    ...flag("enable-metrics", "false"),
    ...resourcesFolders.flatMap((folder) => flag("resources-path", folder)),
    // A later file is laid over the earlier ones.
    ...flag("config", nameResolution),
    ...flag("config", options.configFile),
    ...flag("app-port", appPort),
    ...(appPort === undefined ? [] : flag("app-protocol", options.appProtocol ?? "http")),
    ...flag("placement-host-address", options.placement?.address),
    ...flag("scheduler-host-address", options.scheduler?.address),
    ...flag("log-level", options.logLevel ?? "info"),
    ...(options.args ?? []),
  ];
}

/** Starts a sidecar on 127.0.0.1 and waits until its components are loaded; it does not wait for the app. */
export async function startDaprd(options: DaprdOptions): Promise<DaprdEngine> {
  const { minor = pinnedMinor } = options;
  if (minor === pinnedMinor) requireInstalled("daprd");
  const command = builtDapr(minor);
  const httpPort = await freePortFamily(portOffsets, options.port);
  const dataFolder = openDataFolder("daprd", options.dataFolder);
  const socketsFolder = options.componentsSocketsFolder ?? join(dataFolder.path, "components");
  mkdirSync(socketsFolder, { recursive: true });
  const nameResolution = writeNameResolution(dataFolder.path, options.namesFile ?? join(dataFolder.path, "names.db"));
  const sidecar = EngineProcess.start({
    title: `daprd of ${options.appId} on 127.0.0.1:${httpPort}`,
    command,
    args: ["sidecar", ...flagsOf(options, httpPort, nameResolution)],
    env: {
      DAPR_HOST_IP: "127.0.0.1",
      DAPR_COMPONENTS_SOCKETS_FOLDER: socketsFolder,
      // Empty is none; else a token of this process's environment would be taken.
      DAPR_API_TOKEN: options.apiToken ?? "",
      APP_API_TOKEN: options.appApiToken ?? "",
      ...options.env,
    },
    logFile: join(dataFolder.path, "daprd.log"),
  });
  const engine = runningEngine("daprd", [sidecar], dataFolder);
  const httpAddress = `http://127.0.0.1:${httpPort}`;
  await orStopAll(engine, () =>
    sidecar.untilReady(() => answersOk(`${httpAddress}/v1.0/healthz/outbound`), options.timeoutMs ?? 60_000),
  );
  return {
    ...engine,
    name: "daprd",
    appId: options.appId,
    host: "127.0.0.1",
    httpPort,
    grpcPort: httpPort + 1,
    httpAddress,
    grpcAddress: `127.0.0.1:${httpPort + 1}`,
    log: () => sidecar.log(),
  };
}
