import { openEndpoints, type OpenEndpoints } from "../http-endpoints/open-endpoints.js";
import { createRemoteInvoker } from "../instances/invoke-remote.js";
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
}

/** Ways from this runtime to whatever is not its own app. */
export interface OpenInvocation {
  readonly invoke: RemoteInvoke;
  readonly endpoints: OpenEndpoints;
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
  return {
    endpoints,
    invoke: (id, request, context) =>
      endpoints.find(id)?.then(({ invoke }) => invoke(request, context)) ?? machine.invoke(id, request, context),
    async close() {
      endpoints.close();
      await machine.close();
    },
  };
}
