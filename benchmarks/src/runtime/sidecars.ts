import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { daprBuild, freePortFamily } from "@mecha/engines";
import type { InstalledRuntime } from "./install-runtime.js";
import { type SidecarProcess, startSidecarProcess } from "./sidecar-process.js";

/** A sidecar with both of its APIs. */
export interface Sidecar extends SidecarProcess {
  readonly grpcPort: number;
}

const offsets = [0, 1, 2];

/** Starts `mecha run` without an app. */
export async function startNodeSidecar({ command }: InstalledRuntime, resources: string): Promise<Sidecar> {
  const httpPort = await freePortFamily(offsets);
  const grpcPort = httpPort + 1;
  const ports = ["--dapr-http-port", String(httpPort), "--dapr-grpc-port", String(grpcPort)];
  const args = [command, "run", "--app-id", "bench", "--resources-path", resources, "--log-level", "error", ...ports];
  const sidecar = await startSidecarProcess({ command: process.execPath, args, httpPort });
  return { ...sidecar, grpcPort };
}

/** Starts the real daprd without an app. */
export async function startGoSidecar({ folder }: InstalledRuntime, resources: string): Promise<Sidecar> {
  const httpPort = await freePortFamily(offsets);
  const grpcPort = httpPort + 1;
  const own = await mkdtemp(join(folder, "daprd-"));
  const [sockets, config] = [join(own, "sockets"), join(own, "config.yaml")];
  await mkdir(sockets);
  const names = { component: "sqlite", configuration: { connectionString: join(own, "names.db") } };
  const configuration = { apiVersion: "dapr.io/v1alpha1", kind: "Configuration", metadata: { name: "bench" } };
  await writeFile(config, JSON.stringify({ ...configuration, spec: { nameResolution: names } }));
  const flags = {
    mode: "standalone",
    "app-id": "bench",
    "dapr-listen-addresses": "127.0.0.1",
    "dapr-http-port": String(httpPort),
    "dapr-grpc-port": String(grpcPort),
    "dapr-internal-grpc-listen-address": "127.0.0.1",
    "dapr-internal-grpc-port": String(httpPort + 2),
    "enable-metrics": "false",
    "resources-path": resources,
    config,
    "log-level": "error",
  };
  const sidecar = await startSidecarProcess({
    command: daprBuild("1.18").binary,
    args: ["sidecar", ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)],
    env: { DAPR_HOST_IP: "127.0.0.1", DAPR_COMPONENTS_SOCKETS_FOLDER: sockets },
    httpPort,
  });
  return { ...sidecar, grpcPort };
}
