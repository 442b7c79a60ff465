import { createActor, createActorType, type Actor, type ActorType } from "./actors/actor.js";
import { createHost, type Host, type HostOptions } from "./app/host.js";
import type { Binding } from "./bindings/binding.js";
import { createConfiguration, type Configuration } from "./configuration/configuration.js";
import { OpenResources } from "./connection/open-resources.js";
import type { RuntimeConnection } from "./connection/runtime-connection.js";
import type { FacadeContext } from "./facade-context.js";
import type { RemoteApp } from "./invocation/invocation.js";
import { lazyFacade, lazyModule } from "./lazy-facade.js";
import type { RuntimeMetadata } from "./metadata/runtime-metadata.js";
import type { PubSub } from "./pubsub/pub-sub.js";
import type { Secrets } from "./secrets/secrets.js";
import type { State } from "./state/state.js";
import type { StateOptions } from "./state/state-options.js";
import type { CallEnd } from "./transport/call-options.js";
import type { Transport } from "./transport/transport.js";

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
  pubsub(name: string): PubSub;
  /** A configuration store, by name. */
  configuration(store: string): Configuration;
  /** An output binding, by name. */
  binding(name: string): Binding;
  /** A secret store, by name. */
  secrets(store: string): Secrets;
  /** Another app, by its app id. */
  app(appId: string): RemoteApp;
  /**
   * An actor, by type and id: `mecha.actor<Cart>("Cart", "42").add(item)` calls its method `add`.
   *
   * @typeParam T - the actor's class or interface
   * @throws MechaError `INVALID_ARGUMENT` for an empty type or id.
   */
  actor<T = unknown>(type: string, id: string): Actor<T>;
  /** All actors of a type. */
  actorType(type: string): ActorType;
  /** The app side: handlers for what the runtime calls. */
  host(options?: HostOptions): Host;
  /** What the runtime is and has loaded. */
  metadata(options?: CallEnd): Promise<RuntimeMetadata>;
  /**
   * Ends the hosts, loops and subscriptions that were opened here (events under way get a few seconds) and gives this share of
   * the process's connection back; the last one closes it. Idempotent.
   */
  close(): Promise<void>;
}

/** Makes the facades over a connection; `release` is called once, at the end of {@link Mecha.close}. */
export function createMecha(
  connection: RuntimeConnection,
  appId: string,
  release: () => Promise<void> = () => connection.close(),
): Mecha {
  const { transport, mode } = connection;
  const open = new OpenResources();
  const context: FacadeContext = { transport, open, appId };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= open.close().then(release));
  return {
    appId,
    mode,
    transport,
    state: <T>(store: string, options?: StateOptions) =>
      lazyFacade(modules.state, ({ createState }) => createState<T>(context, store, options), shapes.state),
    pubsub: (name) => lazyFacade(modules.pubsub, ({ createPubSub }) => createPubSub(context, name), shapes.pubsub),
    configuration: (store) => createConfiguration(context, store),
    binding: (name) =>
      lazyFacade(modules.bindings, ({ createBinding }) => createBinding(context, name), shapes.bindings),
    secrets: (store) =>
      lazyFacade(modules.secrets, ({ createSecrets }) => createSecrets(context, store), shapes.secrets),
    app: (id) =>
      lazyFacade(modules.invocation, ({ createRemoteApp }) => createRemoteApp(context, id), shapes.invocation),
    actor: <T>(type: string, id: string) => createActor<T>(context, type, id),
    actorType: (type) => createActorType(context, type),
    host: (options) => createHost(connection, context, options),
    metadata: async (options) => (await modules.metadata.load()).readRuntimeMetadata(transport, options),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The building blocks, each loaded with its messages by the first call. */
const modules = {
  state: lazyModule(() => import("./state/state.js")),
  pubsub: lazyModule(() => import("./pubsub/pub-sub.js")),
  bindings: lazyModule(() => import("./bindings/binding.js")),
  secrets: lazyModule(() => import("./secrets/secrets.js")),
  invocation: lazyModule(() => import("./invocation/invocation.js")),
  metadata: lazyModule(() => import("./metadata/runtime-metadata.js")),
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
  bindings: { invoke: "call" },
  secrets: { get: "call" },
  invocation: { invoke: "call", request: "call" },
} as const;
