import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startDaprd, startRedis } from "@mecha/engines";
import type { CallTarget } from "../client-probes/call-client.js";

/** Real sidecars on a real Redis, shared by all sides of a run. */
export interface Sidecars extends AsyncDisposable {
  /** What the calls of all sides go to. */
  readonly target: CallTarget;
  /** Folder with the components of every sidecar. */
  readonly resources: string;
}

const store = "bench-state";
export const pubsub = "bench-events";

/** Starts Redis, an app that answers invocations, its sidecar, and the sidecar that is called. */
export async function startSidecars(folder: string, report: (line: string) => void): Promise<Sidecars> {
  report("starting Redis and two sidecars");
  const started: AsyncDisposable[] = [];
  const keep = async <T extends AsyncDisposable>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    started.unshift(one);
    return one;
  };
  const stop = async (): Promise<void> => {
    for (const one of started) await one[Symbol.asyncDispose]();
  };
  try {
    const redis = await keep(startRedis());
    const resources = join(folder, "resources");
    await writeComponents(resources, redis.address);
    const app = await keep(startEchoApp());
    const shared = { resourcesFolders: [resources], namesFile: join(folder, "names.db"), logLevel: "error" } as const;
    await keep(startDaprd({ ...shared, appId: "echo", appPort: app.port }));
    const { httpPort, grpcPort } = await keep(startDaprd({ ...shared, appId: "bench" }));
    const target = { httpPort, grpcPort, store, pubsub, topic: "calls", appId: "echo", method: "echo" };
    return { target, resources, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeComponents(folder: string, redisHost: string): Promise<void> {
  await mkdir(folder);
  const redis = [
    { name: "redisHost", value: redisHost },
    { name: "redisPassword", value: "" },
  ];
  const components = [
    // daprd's own memory: what lies behind the sidecar costs all sides the same, and would hide what they cost.
    { name: store, type: "state.in-memory", metadata: [] },
    { name: pubsub, type: "pubsub.redis", metadata: redis },
  ];
  for (const { name, type, metadata } of components) {
    const spec = { type, version: "v1", metadata };
    const resource = { apiVersion: "dapr.io/v1alpha1", kind: "Component", metadata: { name }, spec };
    // JSON is YAML.
    await writeFile(join(folder, `${name}.yaml`), JSON.stringify(resource));
  }
}

/** An app that answers every invocation with what it was sent. */
async function startEchoApp(): Promise<{ readonly port: number } & AsyncDisposable> {
  const server = createServer((request, response) => {
    response.setHeader("content-type", request.headers["content-type"] ?? "application/json");
    request.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // It listens on a port, so its address is one.
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
