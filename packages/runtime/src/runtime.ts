import type { AppChannel, metadata, Transport } from "@mecha/sdk-core/protocol";
import type { ComponentKind } from "@mecha/spec";
import type { ApiAccessSettings } from "./access/api-access-settings.js";
import { AppCalls } from "./app-calls/app-calls.js";
import type { AppEndpoint, AskedApp } from "./app-channel/app-endpoint.js";
import { attachApp } from "./attach-app.js";
import { compose } from "./compose.js";
import type { CloseDoor } from "./doors/close-door.js";
import type { HandlerTable } from "./doors/handler-table.js";
import { CallsUnderWay } from "./hot-reload/calls-under-way.js";
import { watchResources } from "./hot-reload/watch-resources.js";
import { Instances } from "./instances/instances.js";
import type { AttachedApps } from "./invocation/attached-apps.js";
import type { OpenInvocation } from "./invocation/open-invocation.js";
import type { MetricsPage } from "./metrics/metrics-page.js";
import { aroundHandlers } from "./observers/around-handlers.js";
import type { Invoke, Observers } from "./observers/observers.js";
import { openParts } from "./open-parts.js";
import { TopicScopes } from "./pubsub/topic-scopes.js";
import type { Protection } from "./resiliency/protection.js";
import type { ApiLoggingSettings } from "./resources/api-logging-settings.js";
import { RuntimeEnd } from "./runtime-end.js";
import type { RuntimeOptions } from "./runtime-options.js";
import { secretAccess } from "./secrets/secret-access.js";
import { runtimeVersion } from "./version.js";

export type { RuntimeOptions } from "./runtime-options.js";

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
  /** Refuses a request to a component that is not loaded, as handlers do. */
  readonly requireComponent: (kind: ComponentKind, name: string) => void;
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
  addDoor(close: CloseDoor): () => void;
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
  const { appId, appGrpcPort, drainTimeoutMs = 5_000 } = options;
  const parts = await openParts(options);
  const { resources, configuration, registry, protection, others, observers, folder, maxMessageBytes, logger } = parts;
  const follow = options.hotReload ?? configuration.hotReload ?? true;
  let appConnection: metadata.AppConnectionProperties | undefined;
  const composition = compose({
    ...parts,
    appId,
    version: runtimeVersion,
    mayReadSecret: secretAccess(configuration.secretScopes),
    invokeRemote: observers.remoteApps(others.invoke),
    httpEndpoints: others.endpoints.names,
    openAppGrpc: others.connectGrpc,
    features: follow ? ["HotReload"] : [],
    calledTopics: () => appCalls,
    appConnection: () => appConnection,
    shutDown: () => void close().catch((error: unknown) => logger.error(String(error))),
  });
  const { handlers, transport, apps, actorsAndJobs } = composition;

  const aroundInvoke = (invoke: Invoke): Invoke => others.admitting(observers.calledApp(invoke));
  const instances = new Instances({ folder, appId, apps, maxMessageBytes, aroundInvoke });
  const { subscriptions } = resources;
  const appCalls = new AppCalls({ registry, logger, scopes: new TopicScopes(appId), subscriptions, protection });

  const doorCalls = new CallsUnderWay();
  const callsEnded = async (): Promise<void> => {
    await Promise.all([transport.settled(), doorCalls.settled()]);
  };
  const doorHandlers = aroundHandlers(handlers, {
    unary: (handle) => (request, context) => doorCalls.during(handle(request, context)),
  });
  const { resourcesPaths: paths, configFile, onRestartNeeded: restart } = options;
  const stopFollowing = follow
    ? watchResources({ ...parts, paths, configFile, appCalls, callsEnded, restart })
    : undefined;

  const end = new RuntimeEnd({ ...parts, ...composition, appCalls, instances, stopFollowing, drainTimeoutMs });
  const close = (): Promise<void> => end.close();
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
    metrics: parts.metrics,
    apiLogging: configuration.apiLogging,
    requireComponent: (kind, name) => void registry.get(kind, name),
    maxMessageBytes,
    attachApp: (channel) => attach(channel),
    async connectApp(endpoint, signal) {
      const [{ connectApp }, { toAppConnection }] = await Promise.all([
        import("./app-channel/connect-app.js"),
        import("./metadata/app-connection.js"),
      ]);
      appConnection = toAppConnection(endpoint);
      return end.addApp(await connectApp(endpoint, signal, { ...parts, attachApp: attach }));
    },
    addDoor: (closeDoor) => end.addDoor(closeDoor),
    close,
    [Symbol.asyncDispose]: close,
  };
}
