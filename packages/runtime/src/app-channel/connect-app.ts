import type { AppChannel } from "@mecha/sdk-core/protocol";
import type { ComponentLogger } from "@mecha/spec";
import type { DaprMetrics } from "../metrics/dapr-metrics.js";
import type { Registry } from "../registry.js";
import type { AppConnection, AppEndpoint, AskedApp, ConnectedApp } from "./app-endpoint.js";
import { openAppChannel } from "./open-app-channel.js";

/** What a runtime gives to the connection with its app. */
export interface AppConnectionParts {
  readonly registry: Registry;
  readonly logger: ComponentLogger;
  readonly maxMessageBytes: number;
  /** Where probes of the app's health are counted. */
  readonly metrics: DaprMetrics | undefined;
  readonly attachApp: (channel: AppChannel, asked: AskedApp) => Promise<() => Promise<void>>;
}

/** Waits for an app to listen, and lets the runtime call it. */
export async function connectApp(
  endpoint: AppEndpoint,
  signal: AbortSignal,
  { registry, logger, maxMessageBytes, metrics, attachApp }: AppConnectionParts,
): Promise<ConnectedApp> {
  const bindingRoute = (name: string): string => routeOf(registry, name);
  const observer = metrics && (await import("../metrics/measure-app-clients.js")).measureAppClients(metrics);
  const connect = (): Promise<AppConnection> =>
    openAppChannel({ ...endpoint, bindingRoute, logger, maxMessageBytes, observer }, signal);
  if (endpoint.healthCheck !== undefined) {
    const { superviseApp } = await import("../app-health/supervise-app.js");
    return superviseApp(endpoint, signal, { check: endpoint.healthCheck, connect, attachApp, logger, metrics });
  }
  const connection = await connect();
  try {
    const detach = await attachApp(connection.channel, connection);
    return {
      freeze: () => undefined,
      disconnect: connection.close,
      async leave() {
        await detach();
        connection.close();
      },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Where an HTTP app is to take the events of an input binding: at `route` of its YAML, else at the binding's name. */
function routeOf(registry: Registry, name: string): string {
  const metadata = registry.find("bindings", name)?.metadata ?? {};
  const route = Object.entries(metadata).find(([key]) => key.toLowerCase() === "route")?.[1] ?? "";
  return route === "" ? name : route;
}
