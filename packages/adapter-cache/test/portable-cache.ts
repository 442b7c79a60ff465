import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime } from "@mecha/runtime";
import { daprMethods } from "@mecha/sdk-core/protocol";
import { createRuntimeDocuments } from "../src/documents/runtime-documents.js";
import { Channels } from "../src/channels/channels.js";
import type { SplitLimits } from "../src/documents/parts/part-store.js";
import { Engine } from "../src/engine/engine.js";
import { SessionStream } from "../src/session/session-stream.js";
import { RawClient } from "./raw-client.js";

/** Limits at which nearly every value is in several parts. */
export const tinyLimits: SplitLimits = {
  wholeMembers: 2,
  wholeBytes: 40,
  bucketMembers: 1,
  chunkItems: 2,
  partBytes: 60,
};

/** Where tests keep documents. */
export interface StoreOptions {
  /** Address of a Redis, for `state.redis`. */
  readonly redis?: string;
  /** `false` hides that the store can change several documents at once. */
  readonly atomic?: boolean;
  /** How large values are split. @defaultValue as for everybody */
  readonly limits?: SplitLimits;
}

/** Stores that tests run on, with their metadata for a folder of the test's own. */
export const storeTypes = {
  "state.in-memory": () => ({}),
  "state.sqlite": (folder: string) => ({ connectionString: join(folder, "state.db") }),
  "state.redis": (_folder: string, { redis = "" }: StoreOptions) => ({ redisHost: redis }),
} as const;

/** A command engine over a real runtime with one store, and clients to it. */
export interface PortableCache extends AsyncDisposable {
  readonly engine: Engine;
  /** The names of the commands that were counted. */
  readonly recorded: readonly string[];
  /** Folder that holds the component's YAML and data. */
  readonly folder: string;
  connect(): RawClient;
  /** A connection as bytes. */
  open(): SessionStream;
}

/** Writes the YAML of one component called `cache`. */
export async function writeComponent(
  folder: string,
  type: string,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const items = Object.entries(metadata).map(([name, value]) => ({ name, value }));
  const component = {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name: "cache" },
    spec: { type, version: "v1", metadata: items },
  };
  await writeFile(join(folder, "cache.yaml"), JSON.stringify(component));
}

/** Starts an engine on a store type. */
export async function openPortableCache(
  type: keyof typeof storeTypes,
  options: StoreOptions = {},
): Promise<PortableCache> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-cache-"));
  await writeComponent(folder, type, storeTypes[type](folder, options));
  const runtime = await createRuntime({ appId: "cache-test", resourcesPaths: [folder], baseFolder: folder });
  const { registeredComponents } = await runtime.transport.unary(daprMethods.getMetadata, {});
  const { capabilities } = registeredComponents[0]!;
  const documents = createRuntimeDocuments(runtime.transport, { component: "cache", type, capabilities });
  const engine = new Engine(
    options.atomic === false ? { ...documents, atomic: false, storeType: "state.plain" } : documents,
    new Channels(),
    options.limits,
  );
  const recorded: string[] = [];
  const clients: RawClient[] = [];
  const liveness = { ref: () => undefined, unref: () => undefined };
  const open = () => new SessionStream(engine, { record: (name) => recorded.push(name), liveness });
  return {
    engine,
    recorded,
    folder,
    open,
    connect() {
      const client = new RawClient(open());
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close();
      await runtime.close();
      await rm(folder, { recursive: true });
    },
  };
}
