import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startDaprd, startRedis } from "@mecha/engines";

/** What the drop-in is measured on. */
export const storeNames = ["native", "memory", "sqlite", "redis", "daprd"] as const;

/** One of them. */
export type StoreName = (typeof storeNames)[number];

/** How rows name them. */
export const storeTitles: Readonly<Record<StoreName, string>> = {
  native: "natively on state.redis",
  memory: "portable on state.in-memory",
  sqlite: "portable on state.sqlite",
  redis: "portable on state.redis",
  daprd: "portable on daprd with state.redis",
};

/** The name of the state store in every folder. */
export const storeName = "cache";

/** Servers and component folders, shared by all measurements of a run. */
export interface CacheStores extends AsyncDisposable {
  /** Where the original client finds Redis. */
  readonly redis: { readonly host: string; readonly port: number };
  /** What a process must have in its environment to be on a store. */
  readonly environments: Readonly<Record<StoreName, Readonly<Record<string, string>>>>;
}

/** Starts Redis and a sidecar, and writes the folders. */
export async function openStores(folder: string, report: (line: string) => void): Promise<CacheStores> {
  report("starting Redis and a sidecar");
  const redis = await startRedis();
  try {
    const redisHost = { redisHost: redis.address };
    // As a platform engineer would have it: scoped, with rules for commands.
    const native = await writeFolder(folder, "native", {
      type: "state.redis",
      metadata: { ...redisHost, "mecha.sessionCommands": "-keys" },
    });
    const memory = await writeFolder(folder, "memory", { type: "state.in-memory", metadata: {} });
    const sqlite = await writeFolder(folder, "sqlite", {
      type: "state.sqlite",
      metadata: { connectionString: join(folder, "cache.db") },
    });
    const portable = await writeFolder(folder, "redis", { type: "state.redis", metadata: redisHost }, rule);
    const sidecar = await writeFolder(folder, "daprd", { type: "state.redis", metadata: redisHost });
    const daprd = await startDaprd({ resourcesFolders: [sidecar], appId, logLevel: "error" });
    const embedded = (path: string) => ({ APP_ID: appId, DAPR_RESOURCES_PATHS: path });
    return {
      redis,
      environments: {
        native: embedded(native),
        memory: embedded(memory),
        sqlite: embedded(sqlite),
        redis: embedded(portable),
        daprd: { APP_ID: appId, DAPR_GRPC_PORT: String(daprd.grpcPort), DAPR_HTTP_PORT: String(daprd.httpPort) },
      },
      async [Symbol.asyncDispose]() {
        await daprd[Symbol.asyncDispose]();
        await redis[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await redis[Symbol.asyncDispose]();
    throw error;
  }
}

const appId = "bench";

/** Has the command engine answer where Redis could. */
const rule = {
  apiVersion: "mecha/v1alpha1",
  kind: "Adapters",
  metadata: { name: "cache" },
  spec: { cache: [{ match: { host: "*" }, state: storeName }] },
};

interface Store {
  readonly type: string;
  readonly metadata: Readonly<Record<string, string>>;
}

async function writeFolder(
  parent: string,
  name: string,
  { type, metadata }: Store,
  adapters?: object,
): Promise<string> {
  const folder = join(parent, `components-${name}`);
  await mkdir(folder);
  const entries = Object.entries(metadata).map(([key, value]) => ({ name: key, value }));
  const component = {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name: storeName },
    spec: { type, version: "v1", metadata: entries },
    scopes: [appId],
  };
  // JSON is YAML.
  await writeFile(join(folder, "cache.yaml"), JSON.stringify(component));
  if (adapters !== undefined) await writeFile(join(folder, "adapters.yaml"), JSON.stringify(adapters));
  return folder;
}
