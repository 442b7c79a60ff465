import { metadata, type DaprHandlers } from "@mecha/sdk-core/protocol";
import type { Registry } from "../registry.js";
import type { Protection } from "../resiliency/protection.js";
import { capabilitiesOf } from "./capabilities.js";
import { type SubscribedTopics, toSubscriptions } from "./subscriptions.js";

/** Prefix of the extended metadata that names the backend of a component. */
const backendMetadataPrefix = "mecha.backend.";

/** What the metadata block says of the app. */
export interface ReportedApp {
  /** The topics that come to it. */
  readonly topics: () => SubscribedTopics;
  /** How the runtime reaches it, if it is a process of its own. */
  readonly connection: () => metadata.AppConnectionProperties | undefined;
}

/** What the metadata block says of the runtime. */
export interface MetadataContext {
  readonly registry: Registry;
  readonly appId: string;
  readonly version: string;
  /** Names of the servers outside that apps call. */
  readonly httpEndpoints: ReadonlySet<string>;
  /** The Resiliency resources; absent where there are none. */
  readonly protection: Pick<Protection, "names"> | undefined;
  /** Features of the runtime that are on. */
  readonly features: readonly string[];
  /** What comes to the app, and how. */
  readonly app: ReportedApp;
  /** What is said of actors, where anything is. */
  readonly actorRuntime: () => Promise<metadata.ActorRuntime | undefined>;
  /** Begins to close the runtime. */
  readonly shutDown: () => void;
}

/** The RPCs that are about the runtime itself. */
export type MetadataBlock = Required<Pick<DaprHandlers, "getMetadata" | "setMetadata" | "shutdown">>;

/** Makes the handlers of what is about the runtime itself. */
export function createMetadataBlock(context: MetadataContext): MetadataBlock {
  const { registry, appId, version, httpEndpoints, protection, features, app, actorRuntime, shutDown } = context;
  const extended = new Map<string, string>();
  return {
    getMetadata: async () => {
      const actors = (await actorRuntime()) ?? metadata.ActorRuntime.fromPartial({});
      return {
        ...metadata.GetMetadataResponse.fromPartial({}),
        id: appId,
        runtimeVersion: version,
        actorRuntime: actors,
        // Older clients look here.
        activeActorsCount: actors.activeActors,
        enabledFeatures: [...features],
        subscriptions: toSubscriptions(app.topics()),
        appConnectionProperties: app.connection(),
        resiliencies: (protection?.names ?? []).map((name) => ({ name })),
        httpEndpoints: [...httpEndpoints].map((name) => ({ name })),
        registeredComponents: registered(registry),
        extendedMetadata: { ...backends(registry), ...Object.fromEntries(extended) },
      };
    },
    setMetadata: async ({ key, value }) => {
      // daprd takes an empty key in silence too.
      if (key !== "") extended.set(key, value);
      return {};
    },
    shutdown: async () => {
      // The answer goes out before the runtime does.
      setImmediate(shutDown);
      return {};
    },
  };
}

function registered(registry: Registry): metadata.RegisteredComponents[] {
  return registry.all.map((running) => ({
    name: running.name,
    type: running.type,
    version: running.version,
    capabilities: capabilitiesOf(running),
  }));
}

function backends(registry: Registry): Record<string, string> {
  return Object.fromEntries(
    registry.all.map(({ name, component }) => [backendMetadataPrefix + name, component.backend]),
  );
}
