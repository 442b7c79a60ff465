import type { AccessControl } from "../access/access-control.js";
import type { AccessControlSettings } from "../access/access-control-settings.js";
import { openEndpoints, type OpenEndpoints } from "../http-endpoints/open-endpoints.js";
import { createRemoteInvoker } from "../instances/invoke-remote.js";
import type { Invoke } from "../observers/observers.js";
import type { Registry } from "../registry.js";
import type { HttpEndpointResource } from "../resources/http-endpoint-resource.js";
import type { RemoteInvoke } from "./invoke-service.js";

/** What reaching others needs. */
export interface InvocationOptions {
  /** Folder in which the processes of this machine meet. */
  readonly folder: string;
  readonly maxMessageBytes: number;
  readonly registry: Registry;
  readonly httpEndpoints: readonly HttpEndpointResource[];
  /** Who may call the app. @defaultValue everybody */
  readonly accessControl?: AccessControlSettings;
  /** Whether the app answers by HTTP's verbs and paths. */
  readonly isHttpApp: boolean;
}

/** Ways from this runtime to whatever is not its own app. */
export interface OpenInvocation {
  readonly invoke: RemoteInvoke;
  readonly endpoints: OpenEndpoints;
  /** Puts the access control around the calls that come from other processes. */
  readonly admitting: (invoke: Invoke) => Invoke;
  /** Closes the connections. */
  close(): Promise<void>;
}

/**
 * Opens the ways to others: servers outside, and apps in other processes.
 *
 * @throws MechaError as {@link openEndpoints}
 */
export async function openInvocation(options: InvocationOptions): Promise<OpenInvocation> {
  const { folder, maxMessageBytes, registry, httpEndpoints } = options;
  const endpoints = await openEndpoints(httpEndpoints, registry, maxMessageBytes);
  const machine = createRemoteInvoker(folder, maxMessageBytes);
  const access = await accessControlOf(options);
  return {
    admitting: (invoke) =>
      access === undefined
        ? invoke
        : async (request, context) => {
            access.admitInvocation(request, context.metadata);
            return invoke(request, context);
          },
    endpoints,
    invoke: (id, request, context) =>
      endpoints.find(id)?.then(({ invoke }) => invoke(request, context)) ?? machine.invoke(id, request, context),
    async close() {
      endpoints.close();
      await machine.close();
    },
  };
}

async function accessControlOf({ accessControl, isHttpApp }: InvocationOptions): Promise<AccessControl | undefined> {
  if (accessControl === undefined) return undefined;
  const { createAccessControl } = await import("../access/access-control.js");
  return createAccessControl(accessControl, isHttpApp);
}
