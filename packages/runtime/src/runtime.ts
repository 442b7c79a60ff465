import type { AppChannel, metadata, Transport } from "@mecha/sdk-core/protocol";
import type { ComponentDefinition } from "@mecha/spec";
import type { ApiAccessSettings } from "./access/api-access-settings.js";
import type { ActorsAndJobs } from "./actors/actors-and-jobs.js";
import type { AppEndpoint, AskedApp, ConnectedApp } from "./app-channel/app-endpoint.js";
import type { Catalogue } from "./components/load-definition.js";
import { AppCalls } from "./app-calls/app-calls.js";
import { startComponents, type StartContext } from "./components/start-components.js";
import { compose } from "./compose.js";
import type { HandlerTable } from "./doors/handler-table.js";
import { defaultMaxMessageBytes } from "./doors/message-limit.js";
import { CallsUnderWay } from "./hot-reload/calls-under-way.js";
import { watchResources } from "./hot-reload/watch-resources.js";
import { Instances } from "./instances/instances.js";
import { runtimeFolderOf } from "./instances/runtime-folder.js";
import { openInvocation, type OpenInvocation } from "./invocation/open-invocation.js";
import { createLogger } from "./logger.js";
import type { PeerOptions } from "./name-resolution/peer-settings.js";
import type { MetricsPage } from "./metrics/metrics-page.js";
import { openObservers } from "./observers/open-observers.js";
import { aroundHandlers } from "./observers/around-handlers.js";
import type { Invoke, Observers } from "./observers/observers.js";
import { openOutbox } from "./outbox/open-outbox.js";
import { TopicScopes } from "./pubsub/topic-scopes.js";
import { Registry } from "./registry.js";
import { openResiliency } from "./resiliency/open-resiliency.js";
import type { Protection } from "./resiliency/protection.js";
import type { AttachedApps } from "./invocation/attached-apps.js";
import type { ApiLoggingSettings } from "./resources/api-logging-settings.js";
import type { ConfigurationSettings } from "./resources/configuration-resource.js";
import { readResources } from "./resources/read-resources.js";
import { secretAccess } from "./secrets/secret-access.js";
import type { OpenSpans } from "./tracing/open-tracing.js";
import { runtimeVersion } from "./version.js";

/** How to make a runtime. */
export interface RuntimeOptions {
  /** Name of the app that the runtime serves. */
  readonly appId: string;
  /** Folders or files with resources (YAML). */
  readonly resourcesPaths: readonly string[];
  /**
   * File with a Dapr Configuration, as `--config` of daprd. Of its `spec`, these are heeded: `secrets` (scopes), `tracing`, `metrics` or
   * `metric`, `logging.apiLogging`, the feature `HotReload`, `accessControl`, `api` and `nameResolution`.
   *
   * @defaultValue none
   */
  readonly configFile?: string;
  /** Folder against which components resolve relative paths. @defaultValue the working directory */
  readonly baseFolder?: string;
  /** Component types and how to load them. @defaultValue that of `@mecha/components` */
  readonly catalogue?: Catalogue;
  /** Components of one's own, beside those of the catalogue; for a type that both have, these. @defaultValue none */
  readonly components?: readonly ComponentDefinition[];
  /**
   * Whether components and subscriptions that change in the resource folders are taken up while the runtime runs.
   *
   * @defaultValue what the feature `HotReload` of the Configuration says, else `true`, as daprd
   */
  readonly hotReload?: boolean;
  /** Largest request and response, in bytes. @defaultValue 4 MiB, as daprd */
  readonly maxMessageBytes?: number;
  /** How long `close()` waits for calls and events under way, in milliseconds. @defaultValue 5000 */
  readonly drainTimeoutMs?: number;
  /** Port of 127.0.0.1 on which the app has a gRPC server of its own, for proxied clients of other apps. @defaultValue none */
  readonly appGrpcPort?: number;
  /** What the app's own gRPC server is sent as `dapr-api-token` with proxied calls. @defaultValue nothing */
  readonly appApiToken?: string;
  /** Where the runtimes of other machines reach the app. @defaultValue what the variables `MECHA_PEER_…` say, else nowhere */
  readonly peers?: PeerOptions;
  /** Whether metrics are kept, to be served by `serveMetrics`. @defaultValue what the Configuration says, else not */
  readonly metrics?: boolean;
  /** Where the spans of `spec.tracing` go. @defaultValue the SDK that the process has registered with OpenTelemetry's API */
  readonly openSpans?: OpenSpans;
}

/** A Dapr runtime in this process. */
export interface Runtime extends AsyncDisposable {
  readonly appId: string;
  /** The Dapr service, in-process. */
  readonly transport: Transport;
  /** The Dapr service as doors serve it: who answers each method. */
  readonly handlers: HandlerTable;
  /** Largest request and response, in bytes. */
  readonly maxMessageBytes: number;
  /** The app as the runtime calls it, for doors whose protocol has streams of bytes. */
  readonly apps: Pick<
    AttachedApps,
    "canInvokeStreamed" | "invokeStreamed" | "hearsConfiguration" | "tellConfiguration"
  >;
  /** What protects invocations by the Resiliency resources; absent where there are none. */
  readonly protection: Pick<Protection, "inbound" | "invokeOverHttp" | "proxyPolicies"> | undefined;
  /** What calls servers that are no apps, by the name of an HTTPEndpoint or by address. */
  readonly endpoints: Pick<OpenInvocation["endpoints"], "find">;
  /** Connects to the gRPC server of an app. */
  readonly openAppGrpc: OpenInvocation["openAppGrpc"];
  /** What doors put around what they serve. */
  readonly observers: Pick<Observers, "grpcDoor" | "proxiedCalls" | "httpDoor">;
  /** Metrics with daprd's names; absent where none are kept. */
  readonly metrics: MetricsPage | undefined;
  /** How the Configuration has calls of the HTTP API logged; absent where it does not say. */
  readonly apiLogging: ApiLoggingSettings | undefined;
  /** Which parts of the API doors serve; absent: all. Calls in this process are not restricted. */
  readonly api?: ApiAccessSettings;
  /** Lets the runtime call this app, from this and from other processes of the machine. See `RuntimeConnection.attachApp`. */
  attachApp(channel: AppChannel): Promise<() => Promise<void>>;
  /**
   * Waits until an app that is a process of its own listens, asks it what it takes (topics, input bindings, actors), and lets the
   * runtime call it, as daprd does with `--app-port`. The result takes it away again.
   *
   * @throws the signal's reason if it aborts before the app listens; MechaError as {@link Runtime.attachApp}
   */
  connectApp(endpoint: AppEndpoint, signal: AbortSignal): Promise<() => Promise<void>>;
  /**
   * Has a door close with the runtime: it takes no new calls from then on, and its calls under way are waited for, by the door for
   * as many milliseconds as it is told.
   *
   * @returns a function that takes it off, for a door that was closed by itself
   */
  addDoor(close: (drainTimeoutMs: number) => Promise<void>): () => void;
  /** Takes no new calls, waits for those under way, then closes all components and doors. Idempotent. */
  close(): Promise<void>;
}

/**
 * Makes a runtime: reads the resources and starts their components.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for wrong resources, `UNAVAILABLE` for a backend that does not answer; names
 * component, file and line. Nothing stays open then.
 */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const {
    appId,
    baseFolder = process.cwd(),
    maxMessageBytes = defaultMaxMessageBytes,
    drainTimeoutMs = 5_000,
  } = options;
  const resources = await readResources(options.resourcesPaths, appId);
  const { components, subscriptions, resiliencies, httpEndpoints } = resources;
  const configuration = await configurationOf(options.configFile);
  const catalogue = await catalogueOf(options);
  const logger = createLogger("runtime");
  const protection = await openResiliency(resiliencies, logger);
  const start: StartContext = {
    appId,
    baseFolder,
    catalogue,
    loggerFor: (name) => createLogger(name),
    ...(protection !== undefined && { wrap: (running) => protection.component(running) }),
  };
  const registry = new Registry(await startComponents(components, start));
  const outbox = await openOutbox({ registry, appId, logger });
  const folder = runtimeFolderOf(baseFolder);
  const { appGrpcPort, appApiToken, peers = {} } = options;
  const others = await openInvocation({
    ...{ appId, folder, maxMessageBytes, logger, registry, httpEndpoints, configuration, peers },
    ...(protection !== undefined && { policyFor: protection.proxyPolicies(appId) }),
    ...(appGrpcPort !== undefined && { appGrpcPort }),
    ...(appApiToken !== undefined && { appApiToken }),
  }).catch(async (error: unknown) => {
    await registry.close();
    throw error;
  });
  const { metrics, openSpans } = options;
  const { observers, metrics: daprMetrics } = await openObservers({
    appId,
    registry,
    protection,
    configuration,
    metrics,
    openSpans,
  }).catch(async (error: unknown) => {
    await Promise.allSettled([others.close(), registry.close()]);
    throw error;
  });
  const follow = options.hotReload ?? configuration.hotReload ?? true;
  let appConnection: metadata.AppConnectionProperties | undefined;
  const { handlers, transport, apps, actorsAndJobs, topicStreams, openConfigurations } = compose({
    appId,
    version: runtimeVersion,
    registry,
    outbox,
    protection,
    logger,
    maxMessageBytes,
    mayReadSecret: secretAccess(configuration.secretScopes),
    observers,
    folder,
    invokeRemote: observers.remoteApps(others.invoke),
    httpEndpoints: others.endpoints.names,
    openAppGrpc: others.connectGrpc,
    features: follow ? ["HotReload"] : [],
    declaredTopics: () => appCalls.declared,
    appConnection: () => appConnection,
    shutDown: () => void close().catch((error: unknown) => logger.error(String(error))),
  });

  const aroundInvoke = (invoke: Invoke): Invoke => others.admitting(observers.calledApp(invoke));
  const instances = new Instances({ folder, appId, apps, maxMessageBytes, aroundInvoke });
  const scopes = new TopicScopes(appId);
  const appCalls = new AppCalls({ registry, logger, scopes, subscriptions, protection });

  const doorCalls = new CallsUnderWay();
  const callsEnded = async (): Promise<void> => {
    await Promise.all([transport.settled(), doorCalls.settled()]);
  };
  const doorHandlers = aroundHandlers(handlers, {
    unary: (handle) => (request, context) => doorCalls.during(handle(request, context)),
  });
  const paths = options.resourcesPaths;
  const stopFollowing = follow
    ? watchResources({ paths, resources, start, registry, appCalls, callsEnded, logger })
    : undefined;

  const doors = new Set<Parameters<Runtime["addDoor"]>[0]>();
  const connected = new Set<ConnectedApp>();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= shutDown());
  const shutDown = async (): Promise<void> => {
    // They refuse what is new at once, and have closed when what they have under way has ended.
    const doorsClosed = Promise.allSettled([...doors].map((closeDoor) => closeDoor(drainTimeoutMs)));
    for (const app of connected) app.freeze();
    try {
      await stopFollowing?.();
      await appCalls.close(drainTimeoutMs);
      await instances.close();
      await others.callee.close();
      // Turns and deliveries under way may need everything else.
      await actorsAndJobs.close(drainTimeoutMs);
      for (const end of openConfigurations.values()) end();
      await Promise.allSettled([...topicStreams].map((stream) => stream.drain(drainTimeoutMs)));
      await transport.drain(drainTimeoutMs);
      await outbox?.close();
      await doorsClosed;
      await others.close();
      await observers.close();
    } finally {
      // Whatever went wrong before: what components hold is written, and their connections end.
      await registry.close();
      for (const app of connected) app.disconnect();
    }
  };

  try {
    await others.callee.serve({
      invoke: aroundInvoke((request, context) => apps.invoke(request, context)),
      aroundServices: observers.calledServices,
    });
    // What the app's own gRPC server has need not wait for anything to be attached here.
    if (appGrpcPort !== undefined) await others.callee.publish();
  } catch (error) {
    await close();
    throw error;
  }

  const attach = (channel: AppChannel, asked?: AskedApp): Promise<() => Promise<void>> =>
    attachApp(observers.app(channel), { instances, callee: others.callee, actorsAndJobs, appCalls }, asked);

  return {
    appId,
    transport,
    handlers: doorHandlers,
    apps,
    protection,
    endpoints: others.endpoints,
    openAppGrpc: others.openAppGrpc,
    ...(configuration.api !== undefined && { api: configuration.api }),
    observers,
    metrics: daprMetrics,
    apiLogging: configuration.apiLogging,
    maxMessageBytes,
    attachApp: (channel) => attach(channel),
    async connectApp(endpoint, signal) {
      const [{ connectApp }, { toAppConnection }] = await Promise.all([
        import("./app-channel/connect-app.js"),
        import("./metadata/app-connection.js"),
      ]);
      appConnection = toAppConnection(endpoint);
      const app = await connectApp(endpoint, signal, {
        registry,
        logger,
        maxMessageBytes,
        metrics: daprMetrics,
        attachApp: attach,
      });
      connected.add(app);
      return async () => {
        connected.delete(app);
        await app.leave();
      };
    },
    addDoor(closeDoor) {
      doors.add(closeDoor);
      return () => void doors.delete(closeDoor);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Whatever brings calls to the app of a runtime. */
interface Callers {
  readonly instances: Instances;
  readonly callee: OpenInvocation["callee"];
  readonly actorsAndJobs: ActorsAndJobs;
  readonly appCalls: AppCalls;
}

/** Lets calls, jobs, actors, events of topics and of bindings come to an app; the result ends that. */
async function attachApp(
  channel: AppChannel,
  { instances, callee, actorsAndJobs, appCalls }: Callers,
  asked: AskedApp | undefined,
): Promise<() => Promise<void>> {
  const ends: (() => Promise<void> | void)[] = [];
  // The last to come is the first to go; none waits for the handlers of another.
  const detach = async (): Promise<void> => {
    await Promise.all(
      ends
        .splice(0)
        .reverse()
        .map(async (end) => end()),
    );
  };
  try {
    ends.push(await instances.attach(channel));
    if (channel.invoke !== undefined) ends.push(await callee.publish());
    ends.push(await actorsAndJobs.attach(channel));
    ends.push(await appCalls.start(channel, asked));
    return detach;
  } catch (error) {
    await detach();
    throw error;
  }
}

async function catalogueOf({ catalogue, components = [] }: RuntimeOptions): Promise<Catalogue> {
  const types = catalogue ?? (await import("@mecha/components")).catalogue;
  if (components.length === 0) return types;
  const own = components.map((component) => [component.type, () => Promise.resolve({ component })] as const);
  return { ...types, ...Object.fromEntries(own) };
}

async function configurationOf(file: string | undefined): Promise<ConfigurationSettings> {
  if (file === undefined) return { secretScopes: [] };
  const { readConfigurationFile } = await import("./resources/configuration-resource.js");
  return readConfigurationFile(file);
}
