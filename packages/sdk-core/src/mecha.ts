import type { Client, ClientOptions } from "@grpc/grpc-js";
import { createActor, createActorType, type Actor, type ActorType } from "./actors/actor.js";
import { createHost, type Host, type HostOptions } from "./app/host.js";
import { aroundTransport } from "./call/around-transport.js";
import { resolveCallSettings, type CallSettings } from "./call/call-settings.js";
import { CallsUnderWay } from "./call/calls-under-way.js";
import type { Binding } from "./bindings/binding.js";
import type { Configuration } from "./configuration/configuration.js";
import type { Conversation } from "./conversation/conversation.js";
import { OpenResources } from "./connection/open-resources.js";
import type { RuntimeConnection } from "./connection/runtime-connection.js";
import type { Crypto } from "./crypto/crypto.js";
import type { SubtleCrypto } from "./crypto/subtle-crypto.js";
import type { FacadeContext } from "./facade-context.js";
import type { GrpcClientClass } from "./invocation/grpc-client.js";
import type { RemoteApp } from "./invocation/invocation.js";
import type { Jobs } from "./jobs/jobs.js";
import { lazyFacade, lazyModule } from "./lazy-facade.js";
import type { Lock } from "./lock/lock.js";
import type { ReadyOptions, RuntimeHealth } from "./health/runtime-health.js";
import type { ShutdownOptions } from "./metadata/change-runtime.js";
import type { RuntimeMetadata } from "./metadata/runtime-metadata.js";
import type { PubSub } from "./pubsub/pub-sub.js";
import type { PubSubOptions } from "./pubsub/publish-options.js";
import type { Secrets } from "./secrets/secrets.js";
import type { State } from "./state/state.js";
import type { StateOptions } from "./state/state-options.js";
import type { CallEnd } from "./transport/call-options.js";
import type { Transport } from "./transport/transport.js";
import type { Workflows, WorkflowsOptions } from "./workflow/workflows.js";

/** A runtime as an app uses it: one facade per building block of the Dapr API. */
export interface Mecha extends AsyncDisposable {
  /** Name of this app. */
  readonly appId: string;
  /** Whether the runtime lives in this process or beside it. */
  readonly mode: "embedded" | "sidecar";
  /** The way calls take, for code that speaks the Dapr API itself. */
  readonly transport: Transport;
  /**
   * A state store, by the name of its component.
   *
   * @typeParam T - the type of its values; what the store holds is not checked against it
   */
  state<T = unknown>(store: string, options?: StateOptions): State<T>;
  /** A pub/sub component, by name. */
  pubsub(name: string, options?: PubSubOptions): PubSub;
  /** A configuration store, by name. */
  configuration(store: string): Configuration;
  /** An output binding, by name. */
  binding(name: string): Binding;
  /** A secret store, by name. */
  secrets(store: string): Secrets;
  /** Another app, by its app id. */
  app(appId: string): RemoteApp;
  /**
   * A client of another app's own gRPC server, of a class that a generator made for grpc-js. All kinds of calls pass, with
   * metadata, trailers, deadline and cancellation; errors are grpc-js's own. On the embedded runtime the app says where its
   * server is by `APP_PROTOCOL=grpc` and `APP_PORT`. Make one and keep it; it is closed with this connection.
   *
   * @throws MechaError `INVALID_ARGUMENT` for a class that is none of grpc-js, or of another copy of it.
   */
  grpc<T extends Client>(appId: string, Client: GrpcClientClass<T>, options?: ClientOptions): Promise<T>;
  /**
   * An actor, by type and id: `mecha.actor<Cart>("Cart", "42").add(item)` calls its method `add`.
   *
   * @typeParam T - the actor's class or interface
   * @throws MechaError `INVALID_ARGUMENT` for an empty type or id.
   */
  actor<T = unknown>(type: string, id: string): Actor<T>;
  /** All actors of a type. */
  actorType(type: string): ActorType;
  /** A lock store, by name. */
  lock(store: string): Lock;
  /** A crypto component, by name: encryption of documents. */
  crypto(component: string): Crypto;
  /** A crypto component, by name: single operations with its keys. */
  subtleCrypto(component: string): SubtleCrypto;
  /** The jobs of this app. */
  jobs(): Jobs;
  /** A conversation component, by name. */
  conversation(component: string): Conversation;
  /** Workflows, from the outside. */
  workflows(options?: WorkflowsOptions): Workflows;
  /** The app side: handlers for what the runtime calls. */
  host(options?: HostOptions): Host;
  /** What the runtime is and has loaded. */
  metadata(options?: CallEnd): Promise<RuntimeMetadata>;
  /** Notes a value in the runtime's extended metadata, which `metadata()` gives back until the runtime ends. */
  setMetadata(key: string, value: string, options?: CallEnd): Promise<void>;
  /** Asks whether the runtime takes calls, within 5 seconds unless told otherwise. It does not fail: the result says why not. */
  health(options?: CallEnd): Promise<RuntimeHealth>;
  /**
   * Waits until the runtime takes calls, which daprd does when its components are loaded; it may wait for the app meanwhile.
   *
   * @throws MechaError `DEADLINE_EXCEEDED` after the time (a minute by default), with the last answer as cause.
   */
  waitUntilReady(options?: ReadyOptions): Promise<void>;
  /** Asks the runtime to end: the sidecar, or the embedded runtime that all of this process shares. */
  shutdownRuntime(options?: ShutdownOptions): Promise<void>;
  /**
   * Ends the hosts, loops and subscriptions that were opened here (events under way get a few seconds) and gives this share of
   * the process's connection back; the last one closes it. Idempotent.
   */
  close(): Promise<void>;
}

/** What a {@link Mecha} is made with besides its connection. */
export interface MechaOptions extends CallSettings {
  /** Called once, at the end of {@link Mecha.close}. @defaultValue closes the connection */
  readonly release?: () => Promise<void>;
}

/** How long closing waits for calls under way, in milliseconds. */
const drainTimeoutMs = 5_000;

/**
 * Makes the facades over a connection.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for settings of calls that make no sense.
 */
export function createMecha(shared: RuntimeConnection, appId: string, options: MechaOptions = {}): Mecha {
  const { mode, address } = shared;
  const { release = () => shared.close() } = options;
  const open = new OpenResources();
  const calls = new CallsUnderWay();
  const target = { system: mode === "sidecar" ? "grpc" : "mecha", ...(address !== undefined && { address }) } as const;
  const transport = aroundTransport(shared.transport, resolveCallSettings(options, mode), { target, calls });
  const connection: RuntimeConnection = { ...shared, transport };
  const context: FacadeContext = { transport, connection, open, appId };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    // What is open may still have to call; after that nothing does.
    closing ??= open
      .close()
      .then(() => calls.drain(drainTimeoutMs))
      .then(release);
    return closing;
  };
  return {
    appId,
    mode,
    transport,
    state: <T>(store: string, options?: StateOptions) =>
      lazyFacade(modules.state, ({ createState }) => createState<T>(context, store, options), shapes.state),
    pubsub: (name, pubsubOptions) =>
      lazyFacade(modules.pubsub, ({ createPubSub }) => createPubSub(context, name, pubsubOptions), shapes.pubsub),
    configuration: (store) =>
      lazyFacade(
        modules.configuration,
        ({ createConfiguration }) => createConfiguration(context, store),
        shapes.configuration,
      ),
    binding: (name) =>
      lazyFacade(modules.bindings, ({ createBinding }) => createBinding(context, name), shapes.bindings),
    secrets: (store) =>
      lazyFacade(modules.secrets, ({ createSecrets }) => createSecrets(context, store), shapes.secrets),
    app: (id) =>
      lazyFacade(modules.invocation, ({ createRemoteApp }) => createRemoteApp(context, id), shapes.invocation),
    grpc: async (id, Client, clientOptions) =>
      (await modules.grpc.load()).createGrpcClient(context, { appId: id, Client }, clientOptions),
    actor: <T>(type: string, id: string) => createActor<T>(context, type, id),
    actorType: (type) => createActorType(context, type),
    lock: (store) => lazyFacade(modules.lock, ({ createLock }) => createLock(context, store), shapes.lock),
    crypto: (component) =>
      lazyFacade(modules.crypto, ({ createCrypto }) => createCrypto(context, component), shapes.crypto),
    subtleCrypto: (component) =>
      lazyFacade(
        modules.subtleCrypto,
        ({ createSubtleCrypto }) => createSubtleCrypto(context, component),
        shapes.subtleCrypto,
      ),
    jobs: () => lazyFacade(modules.jobs, ({ createJobs }) => createJobs(context), shapes.jobs),
    conversation: (component) =>
      lazyFacade(
        modules.conversation,
        ({ createConversation }) => createConversation(context, component),
        shapes.conversation,
      ),
    workflows: (options) =>
      lazyFacade(modules.workflow, ({ createWorkflows }) => createWorkflows(context, options), shapes.workflow),
    host: (options) => createHost(connection, context, options),
    metadata: async (options) => (await modules.metadata.load()).readRuntimeMetadata(transport, options),
    setMetadata: async (key, value, options) =>
      (await modules.runtime.load()).setRuntimeMetadata(transport, { key, value }, options),
    health: async (options) => (await modules.health.load()).checkHealth(transport, options),
    waitUntilReady: async (options) => (await modules.health.load()).waitUntilReady(transport, options),
    shutdownRuntime: async (options) => (await modules.runtime.load()).shutDownRuntime(transport, options),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The building blocks, each loaded with its messages by the first call. */
const modules = {
  state: lazyModule(() => import("./state/state.js")),
  pubsub: lazyModule(() => import("./pubsub/pub-sub.js")),
  configuration: lazyModule(() => import("./configuration/configuration.js")),
  bindings: lazyModule(() => import("./bindings/binding.js")),
  secrets: lazyModule(() => import("./secrets/secrets.js")),
  invocation: lazyModule(() => import("./invocation/invocation.js")),
  lock: lazyModule(() => import("./lock/lock.js")),
  crypto: lazyModule(() => import("./crypto/crypto.js")),
  subtleCrypto: lazyModule(() => import("./crypto/subtle-crypto.js")),
  jobs: lazyModule(() => import("./jobs/jobs.js")),
  conversation: lazyModule(() => import("./conversation/conversation.js")),
  workflow: lazyModule(() => import("./workflow/workflows.js")),
  grpc: lazyModule(() => import("./invocation/grpc-client.js")),
  metadata: lazyModule(() => import("./metadata/read-metadata.js")),
  runtime: lazyModule(() => import("./metadata/change-runtime.js")),
  health: lazyModule(() => import("./health/runtime-health.js")),
};

const shapes = {
  state: {
    get: "call",
    getMany: "call",
    save: "call",
    saveMany: "call",
    delete: "call",
    deleteMany: "call",
    transaction: "call",
    query: "stream",
    queryPage: "call",
  },
  pubsub: { publish: "call", publishBulk: "call", subscribe: "stream" },
  configuration: { get: "call", subscribe: "call" },
  bindings: { invoke: "call" },
  secrets: { get: "call", getAll: "call" },
  invocation: { invoke: "call", request: "call", fetch: "call" },
  lock: { tryLock: "call", unlock: "call", withLock: "call" },
  crypto: { encrypt: "call", encryptStream: "stream", decrypt: "call", decryptStream: "stream" },
  subtleCrypto: {
    getKey: "call",
    encrypt: "call",
    decrypt: "call",
    wrapKey: "call",
    unwrapKey: "call",
    sign: "call",
    verify: "call",
  },
  jobs: { schedule: "call", get: "call", list: "call", delete: "call", deleteByPrefix: "call", deleteAll: "call" },
  conversation: { converse: "call", converseAlpha1: "call" },
  workflow: {
    start: "call",
    get: "call",
    waitFor: "call",
    raiseEvent: "call",
    pause: "call",
    resume: "call",
    terminate: "call",
    purge: "call",
  },
} as const;
