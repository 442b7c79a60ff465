import { randomUUID } from "node:crypto";
import { serveRespPort } from "@mecha/adapter-cache";
import { createRuntime } from "@mecha/runtime";
import { createMecha } from "@mecha/sdk-core";
import { openRedis, type RedisClient } from "./redis-client.js";

/** Where an import goes. */
export interface TargetOptions {
  /** Name of a state component. */
  readonly component: string;
  /** The app whose keys they are to be. */
  readonly appId: string;
  readonly resourcesPaths: readonly string[];
  readonly database: number;
}

/** The cache of an app, as its clients have it. */
export interface ImportTarget {
  readonly client: RedisClient;
  close(): Promise<void>;
}

/**
 * Opens the portable engine on a state component.
 *
 * @throws MechaError `CONFIGURATION_INVALID` if there is no such component or resources are wrong
 */
export async function openTarget({ component, appId, resourcesPaths, database }: TargetOptions): Promise<ImportTarget> {
  const runtime = await createRuntime({ appId, resourcesPaths, metrics: false });
  try {
    const { transport } = runtime;
    const mecha = createMecha({ transport, mode: "embedded", close: () => Promise.resolve() }, appId);
    const rule = { match: {}, target: { state: component }, origin: "--component" };
    const routing = {
      settings: { cache: [rule], mq: [], config: [], rpc: [] },
      components: (await mecha.metadata()).components,
    };
    // Others on this machine have no business with it.
    const password = randomUUID();
    const port = await serveRespPort({ transport, routing, port: 0, password });
    runtime.addDoor(() => port.close());
    const client = await openRedis(`redis://:${password}@${port.address}`, database);
    return {
      client,
      async close() {
        client.close();
        await runtime.close();
      },
    };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}
