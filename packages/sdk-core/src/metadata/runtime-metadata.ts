import type { Metadata } from "../transport/transport.js";

/** What a runtime says of itself (Dapr's GetMetadata). */
export interface RuntimeMetadata {
  readonly appId: string;
  readonly runtimeVersion: string;
  readonly components: readonly LoadedComponent[];
  /** Topics that the app is subscribed to, in whatever way. */
  readonly subscriptions: readonly RegisteredSubscription[];
  /** The actors' side of the runtime; absent from runtimes that have none. */
  readonly actorRuntime?: ActorRuntimeMetadata;
  /** How the runtime reaches the app; absent from runtimes in the app's own process. */
  readonly appConnection?: AppConnection;
  /** Addresses of the schedulers that the runtime is connected to; empty without jobs. */
  readonly schedulers: readonly string[];
  /** How many workers of workflows are connected. */
  readonly workflowWorkers: number;
  /** Names of the HTTPEndpoint resources. */
  readonly httpEndpoints: readonly string[];
  /** Names of the Resiliency resources; daprd lists them from 1.18 on. */
  readonly resiliencies: readonly string[];
  /** Names of the MCP servers. */
  readonly mcpServers: readonly string[];
  /** Names of the policies that say who may call which workflow. */
  readonly workflowAccessPolicies: readonly string[];
  /** Names of the preview features that are switched on. */
  readonly enabledFeatures: readonly string[];
  /** What the app, or the runtime, has noted there; see `setMetadata`. */
  readonly extended: Metadata;
}

/** A component that a runtime has loaded. */
export interface LoadedComponent {
  readonly name: string;
  /** For example `state.redis`. */
  readonly type: string;
  readonly version: string;
  /** For example `ETAG`, `TRANSACTIONAL`; Mecha's own start with `MECHA_`. */
  readonly capabilities: readonly string[];
  /** What it talks to, where the runtime says so (Mecha's do). */
  readonly backend?: string;
}

/** A topic that the app is subscribed to. */
export interface RegisteredSubscription {
  readonly pubsubName: string;
  readonly topic: string;
  /** Declared by a resource, named by the app when it started, or opened as a stream. */
  readonly type: "declarative" | "programmatic" | "streaming" | "unknown";
  /** Where events go that could not be handled. */
  readonly deadLetterTopic?: string;
  /** Which route takes which events; the one without `match` takes the others. */
  readonly rules: readonly SubscriptionRule[];
  readonly metadata: Metadata;
}

/** A route of a topic. */
export interface SubscriptionRule {
  /** A CEL expression over the event. */
  readonly match?: string;
  readonly path: string;
}

/** The actors' side of a runtime. */
export interface ActorRuntimeMetadata {
  /** `disabled` without a placement service. */
  readonly status: "initializing" | "disabled" | "running" | "unknown";
  /** Whether actors of this app can be called. */
  readonly isHostReady: boolean;
  /** What the runtime says of its connection to the placement service. */
  readonly placement: string;
  /** How many actors of each type that the app hosts are active. */
  readonly activeActors: readonly ActiveActors[];
}

/** Active actors of a type. */
export interface ActiveActors {
  readonly type: string;
  readonly count: number;
}

/** How a runtime reaches its app. */
export interface AppConnection {
  /** 0 if the app has no port. */
  readonly port: number;
  /** For example `grpc`. */
  readonly protocol: string;
  readonly host: string;
  /** How many calls the app gets at once; -1 or 0 for any number. */
  readonly maxConcurrency: number;
  /** How the app's health is watched; absent if it is not. */
  readonly healthCheck?: AppHealthCheck;
}

/** How an app's health is watched. */
export interface AppHealthCheck {
  /** Path that is asked for; absent for gRPC. */
  readonly path?: string;
  /** How often, as a duration of Go, for example `5s`. */
  readonly interval: string;
  /** How long an answer may take, as a duration of Go. */
  readonly timeout: string;
  /** So many failures in a row make the app unhealthy. */
  readonly threshold: number;
}

/** Prefix of the extended metadata under which Mecha's runtime names the backend of a component. */
export const backendMetadataPrefix = "mecha.backend.";
