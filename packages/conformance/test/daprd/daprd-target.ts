import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DaprMinor,
  freePortFamily,
  type PlacementAddress,
  type RedisAddress,
  type SchedulerAddress,
  startDaprd,
} from "@mecha/engines";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { Redis } from "ioredis-upstream";
import { serveAttachedApp, serveSuiteServers, type DaprApiTarget } from "../../src/index.js";
import { settingsDatabase, writeDaprdResources } from "./daprd-resources.js";

/** What the sidecar needs besides itself. */
export interface DaprdSurroundings {
  readonly redis: RedisAddress;
  readonly placement: PlacementAddress;
  readonly scheduler: SchedulerAddress;
  /** The minor version of the sidecar. @defaultValue the one that the engines pin */
  readonly minor?: DaprMinor;
}

/** Starts a real sidecar as the suite wants it: with all components, and the suite as its app. */
export async function openDaprdTarget(on: DaprdSurroundings, appId = "suite-app"): Promise<DaprApiTarget> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-dapr-api-"));
  const redis = new Redis(on.redis.port, on.redis.host, { db: settingsDatabase });
  // What the configuration store hears of changes by.
  await redis.config("SET", "notify-keyspace-events", "KEA");
  const servers = await serveSuiteServers();
  const appPort = await freePortFamily([0]);
  const app = await serveAttachedApp(appPort);
  const sidecar = await startDaprd({
    appId,
    resourcesFolders: [await writeDaprdResources(folder, on.redis.address, servers.components)],
    appPort,
    appProtocol: "grpc",
    placement: on.placement,
    scheduler: on.scheduler,
    logLevel: "warn",
    ...(on.minor !== undefined && { minor: on.minor }),
  });
  const transport = createGrpcTransport({ address: sidecar.grpcAddress });
  return {
    transport,
    mode: "sidecar",
    appId,
    attachApp: app.attach,
    async writeConfiguration(key, value) {
      await (value === undefined ? redis.del(key) : redis.set(key, value));
    },
    another: () => openDaprdTarget(on, `${appId}-another`),
    async close() {
      await transport.close();
      await sidecar.stop();
      await app.close();
      await servers.close();
      redis.disconnect();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
