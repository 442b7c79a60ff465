import {
  ActorRuntime_ActorRuntimeStatus as ActorStatus,
  PubsubSubscriptionType as SubscriptionType,
  type ActorRuntime,
  type AppConnectionProperties,
  type GetMetadataResponse,
  type PubsubSubscription,
} from "../generated/dapr/proto/runtime/v1/metadata.js";
import { metadataMethods } from "../generated/methods/metadata.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Transport } from "../transport/transport.js";
import {
  backendMetadataPrefix,
  type ActorRuntimeMetadata,
  type AppConnection,
  type LoadedComponent,
  type RegisteredSubscription,
  type RuntimeMetadata,
} from "./runtime-metadata.js";

const reading = { operation: "metadata.get", idempotent: true };

/** Asks a runtime what it is and what it has loaded (GetMetadata). */
export async function readRuntimeMetadata(transport: Transport, options?: CallEnd): Promise<RuntimeMetadata> {
  const response = await transport.unary(metadataMethods.getMetadata, {}, callOf(reading, options));
  const { actorRuntime, appConnectionProperties } = response;
  return {
    appId: response.id,
    runtimeVersion: response.runtimeVersion,
    components: componentsOf(response),
    subscriptions: response.subscriptions.map(toSubscription),
    ...(actorRuntime !== undefined && { actorRuntime: toActorRuntime(actorRuntime) }),
    ...(appConnectionProperties !== undefined && { appConnection: toAppConnection(appConnectionProperties) }),
    schedulers: response.scheduler?.connectedAddresses ?? [],
    workflowWorkers: response.workflows?.connectedWorkers ?? 0,
    httpEndpoints: response.httpEndpoints.map(nameOf),
    resiliencies: response.resiliencies.map(nameOf),
    mcpServers: response.mcpServers.map(nameOf),
    workflowAccessPolicies: response.workflowAccessPolicies.map(nameOf),
    enabledFeatures: response.enabledFeatures,
    extended: response.extendedMetadata,
  };
}

function componentsOf({ registeredComponents, extendedMetadata }: GetMetadataResponse): LoadedComponent[] {
  return registeredComponents.map(({ name, type, version, capabilities }) => {
    const backend = extendedMetadata[backendMetadataPrefix + name];
    return { name, type, version, capabilities, ...(backend !== undefined && { backend }) };
  });
}

const subscriptionTypes: Readonly<Partial<Record<SubscriptionType, RegisteredSubscription["type"]>>> = {
  [SubscriptionType.DECLARATIVE]: "declarative",
  [SubscriptionType.PROGRAMMATIC]: "programmatic",
  [SubscriptionType.STREAMING]: "streaming",
};

function toSubscription(subscription: PubsubSubscription): RegisteredSubscription {
  const { pubsubName, topic, type, deadLetterTopic, metadata, rules } = subscription;
  return {
    pubsubName,
    topic,
    type: subscriptionTypes[type] ?? "unknown",
    ...(deadLetterTopic !== "" && { deadLetterTopic }),
    rules: (rules?.rules ?? []).map(({ match, path }) => ({ ...(match !== "" && { match }), path })),
    metadata,
  };
}

const actorStatuses: Readonly<Partial<Record<ActorStatus, ActorRuntimeMetadata["status"]>>> = {
  [ActorStatus.INITIALIZING]: "initializing",
  [ActorStatus.DISABLED]: "disabled",
  [ActorStatus.RUNNING]: "running",
};

function toActorRuntime({ runtimeStatus, hostReady, placement, activeActors }: ActorRuntime): ActorRuntimeMetadata {
  return {
    status: actorStatuses[runtimeStatus] ?? "unknown",
    isHostReady: hostReady,
    placement,
    activeActors: activeActors.map(({ type, count }) => ({ type, count })),
  };
}

function toAppConnection(connection: AppConnectionProperties): AppConnection {
  const { port, protocol, channelAddress, maxConcurrency, health } = connection;
  return {
    port,
    protocol,
    host: channelAddress,
    maxConcurrency,
    ...(health !== undefined && {
      healthCheck: {
        ...(health.healthCheckPath !== "" && { path: health.healthCheckPath }),
        interval: health.healthProbeInterval,
        timeout: health.healthProbeTimeout,
        threshold: health.healthThreshold,
      },
    }),
  };
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
