import { join } from "node:path";
import { eventually } from "@mecha/conformance";
import { type DaprdOptions, freePortFamily, startDaprd } from "@mecha/engines";
import { createGrpcTransport } from "../src/grpc/grpc-transport.js";
import { createMecha, type Mecha } from "../src/mecha.js";
import { metadataMethods } from "../src/generated/methods/metadata.js";

/** A sidecar of a test and the connection of the app beside it. */
export interface DaprdApp {
  readonly mecha: Mecha;
  /** Port on which the sidecar calls the app. */
  readonly appPort: number;
  /** Resolves when the sidecar has asked the app for its subscriptions, of which there are at least so many. */
  subscribed(count: number): Promise<void>;
  /** What the sidecar has logged up to now. */
  log(): string;
  close(): Promise<void>;
}

/** YAML of the policy without which daprd's Redis pub/sub loses what is answered with RETRY. */
export function redeliveryYaml(pubsubName: string): string {
  const retries = { redeliver: { policy: "constant", duration: "200ms", maxRetries: -1 } };
  const resource = {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Resiliency",
    metadata: { name: "redelivery" },
    spec: {
      policies: { retries },
      targets: { components: { [pubsubName]: { inbound: { retry: "redeliver" } } } },
    },
  };
  return JSON.stringify(resource);
}

/** Starts a sidecar and connects to it as its app does. */
export async function startDaprdApp(options: DaprdOptions): Promise<DaprdApp> {
  const appPort = options.appPort ?? (await freePortFamily([0]));
  const engine = await startDaprd({ ...options, appPort });
  const transport = createGrpcTransport({ address: engine.grpcAddress });
  const mecha = createMecha({ mode: "sidecar", transport, close: () => transport.close() }, options.appId);
  return {
    mecha,
    appPort,
    subscribed: (count) =>
      eventually(
        `the sidecar knows ${count} subscriptions`,
        async () => (await transport.unary(metadataMethods.getMetadata, {})).subscriptions.length >= count,
      ),
    log: () => engine.log(),
    async close() {
      await mecha.close();
      await engine.stop();
    },
  };
}

/** Where sidecars of one test find each other. */
export function namesFile(folder: string): string {
  return join(folder, "names.db");
}
