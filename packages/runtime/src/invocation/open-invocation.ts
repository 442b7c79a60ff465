import type { Duplex } from "node:stream";
import type { ComponentLogger, NameResolver } from "@mecha/spec";
import type { AccessControl } from "../access/access-control.js";
import type { AccessControlSettings } from "../access/access-control-settings.js";
import type { ProxyPolicy } from "../doors/grpc/grpc-proxy.js";
import { openEndpoints, type OpenEndpoints } from "../http-endpoints/open-endpoints.js";
import { GrpcApps } from "../instances/grpc-apps.js";
import type { GrpcWay } from "../instances/grpc-way.js";
import { lazyRemoteInvoker } from "../instances/lazy-remote-invoker.js";
import { Callee } from "../name-resolution/callee.js";
import type { NameResolutionSettings } from "../name-resolution/name-resolution-settings.js";
import type { PeerApps } from "../name-resolution/peer-apps.js";
import { peerSettings, type PeerOptions } from "../name-resolution/peer-settings.js";
import type { Invoke } from "../observers/observers.js";
import type { Registry } from "../registry.js";
import type { HttpEndpointResource } from "../resources/http-endpoint-resource.js";
import { GrpcClients } from "./grpc-clients.js";
import type { RemoteInvoke } from "./invoke-service.js";
import { localAppId } from "./local-app-id.js";

/** What reaching others, and being reached, needs. */
export interface InvocationOptions {
  readonly appId: string;
  /** Folder in which the processes of this machine meet. */
  readonly folder: () => string;
  readonly maxMessageBytes: number;
  readonly logger: ComponentLogger;
  readonly registry: Registry;
  readonly httpEndpoints: readonly HttpEndpointResource[];
  /** What the Configuration says of callers and of names. */
  readonly configuration: {
    readonly accessControl?: AccessControlSettings;
    readonly nameResolution?: NameResolutionSettings;
  };
  readonly peers: PeerOptions;
  /** What calls of the gRPC servers of apps are passed under. @defaultValue nothing */
  readonly policyFor?: ProxyPolicy;
  /** Port of 127.0.0.1 on which the app has a gRPC server of its own; an app that has none answers by HTTP's verbs and paths. */
  readonly appGrpcPort?: number;
  /** What the app is sent as `dapr-api-token`. */
  readonly appApiToken?: string;
}

/** Ways from this runtime to whatever is not its own app, and from others to this app. */
export interface OpenInvocation {
  readonly invoke: RemoteInvoke;
  readonly endpoints: OpenEndpoints;
  /** Connects to the gRPC server of an app. @throws MechaError `UNAVAILABLE` if none answers */
  readonly openAppGrpc: (appId: string) => Promise<GrpcWay>;
  /** Connects a client of this process that speaks gRPC itself to the server of an app. @throws as `openAppGrpc` */
  readonly connectGrpc: (appId: string) => Promise<Duplex>;
  /** Puts the access control around the calls that come from other processes. */
  readonly admitting: (invoke: Invoke) => Invoke;
  /** How others reach the app. */
  readonly callee: Callee;
  /** Closes the connections. */
  close(): Promise<void>;
}

/**
 * Opens the ways to others: servers outside, apps that the name resolution knows, and apps in other processes of this machine.
 *
 * @throws MechaError as {@link openEndpoints}; `CONFIGURATION_INVALID` for a name resolution that cannot be
 */
export async function openInvocation(options: InvocationOptions): Promise<OpenInvocation> {
  const { folder, maxMessageBytes, registry, httpEndpoints } = options;
  const settings = peerSettings(options.peers, process.env);
  const endpoints = await openEndpoints(httpEndpoints, registry, maxMessageBytes);
  const machine = lazyRemoteInvoker(folder, maxMessageBytes);
  const access = await accessControlOf(options);
  const resolver = await resolverOf(options);
  const peers = await peerAppsOf(resolver, maxMessageBytes, settings.token);
  const grpcApps = new GrpcApps(folder);
  const openAppGrpc = async (id: string): Promise<GrpcWay> =>
    (await peers?.openGrpc(id)) ?? grpcApps.open(localAppId(id));
  const grpcClients = new GrpcClients({ ...options, openAppGrpc });
  const invokeApp = peers === undefined ? machine.invoke : peersFirst(peers, machine.invoke);
  return {
    endpoints,
    admitting: (invoke) => (access === undefined ? invoke : admitted(access, invoke)),
    invoke: (id, request, context) =>
      endpoints.find(id)?.then(({ invoke }) => invoke(request, context)) ?? invokeApp(id, request, context),
    openAppGrpc,
    connectGrpc: (id) => grpcClients.connect(id),
    callee: new Callee({
      ...options,
      settings,
      grpcApps,
      ...(resolver !== undefined && { resolver }),
      ...(access !== undefined && { access }),
    }),
    async close() {
      endpoints.close();
      await grpcClients.close();
      await peers?.close();
      await resolver?.close?.();
      await machine.close();
    },
  };
}

/** What the name resolution does not know is looked for on this machine. */
function peersFirst(peers: PeerApps, otherwise: RemoteInvoke): RemoteInvoke {
  return async (id, request, context) => (await peers.invoke(id, request, context)) ?? otherwise(id, request, context);
}

function admitted(access: AccessControl, invoke: Invoke): Invoke {
  return async (request, context) => {
    access.admitInvocation(request, context.metadata);
    return invoke(request, context);
  };
}

async function accessControlOf(options: InvocationOptions): Promise<AccessControl | undefined> {
  const { accessControl } = options.configuration;
  if (accessControl === undefined) return undefined;
  const { createAccessControl } = await import("../access/access-control.js");
  return createAccessControl(accessControl, options.appGrpcPort === undefined);
}

async function resolverOf(options: InvocationOptions): Promise<NameResolver | undefined> {
  const { nameResolution } = options.configuration;
  if (nameResolution === undefined) return undefined;
  const { openResolver } = await import("../name-resolution/open-resolver.js");
  return openResolver(nameResolution, options);
}

async function peerAppsOf(
  resolver: NameResolver | undefined,
  maxMessageBytes: number,
  token: string,
): Promise<PeerApps | undefined> {
  if (resolver === undefined) return undefined;
  const { PeerApps } = await import("../name-resolution/peer-apps.js");
  return new PeerApps({ resolver, maxMessageBytes, token });
}
