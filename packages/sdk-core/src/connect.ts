import { createHost, type Host, type HostOptions } from "./app/host.js";
import { createBinding, type Binding } from "./bindings/binding.js";
import type { Codec } from "./codec.js";
import { createConfiguration, type Configuration } from "./configuration/configuration.js";
import { resolveTarget, type ConnectOptions } from "./connection/environment.js";
import { OpenResources } from "./connection/open-resources.js";
import type { RuntimeConnection } from "./connection/runtime-connection.js";
import { shareConnection } from "./connection/shared-connection.js";
import { createRemoteApp, type RemoteApp } from "./invocation/invocation.js";
import { readRuntimeMetadata, type RuntimeMetadata } from "./metadata/runtime-metadata.js";
import { createPubSub, type PubSub } from "./pubsub/pub-sub.js";
import { createSecrets, type Secrets } from "./secrets/secrets.js";
import { createState, type State } from "./state/state.js";
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
  /** A state store, by the name of its component. */
  state<T = unknown>(store: string, options?: { readonly codec?: Codec }): State<T>;
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

/**
 * Connects to the runtime: the sidecar that `DAPR_GRPC_ENDPOINT` or `DAPR_GRPC_PORT` names, else the embedded runtime
 * with the resources in `DAPR_RESOURCES_PATHS` or `./components`. A process has one connection; each call takes a share.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for wrong settings or resources, `UNAVAILABLE` if a backend does not answer.
 */
export async function connect(options: ConnectOptions = {}): Promise<Mecha> {
  const target = resolveTarget(options);
  const { connection, release } = await shareConnection(target);
  return createMecha(connection, target.appId, release);
}

/** Makes the facades over a connection; `release` is called once, at the end of {@link Mecha.close}. */
export function createMecha(
  connection: RuntimeConnection,
  appId: string,
  release: () => Promise<void> = () => connection.close(),
): Mecha {
  const { transport, mode } = connection;
  const open = new OpenResources();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= open.close().then(release));
  return {
    appId,
    mode,
    transport,
    state<T>(store: string, { codec = "json" }: { readonly codec?: Codec } = {}) {
      return createState<T>(transport, store, codec);
    },
    pubsub: (name) => createPubSub(transport, name, open),
    configuration: (store) => createConfiguration(transport, store, open),
    binding: (name) => createBinding(transport, name),
    secrets: (store) => createSecrets(transport, store),
    app: (id) => createRemoteApp(transport, id),
    host: (options) => createHost(connection, open, options),
    metadata: (options) => readRuntimeMetadata(transport, options),
    close,
    [Symbol.asyncDispose]: close,
  };
}
