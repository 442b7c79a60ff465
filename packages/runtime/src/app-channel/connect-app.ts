import type { AppChannel } from "@mecha/sdk-core/protocol";
import type { ComponentLogger } from "@mecha/spec";
import { inputOf, isExplicitInput } from "../bindings/binding-direction.js";
import type { DaprMetrics } from "../metrics/dapr-metrics.js";
import type { Registry, RunningComponent } from "../registry.js";
import type { AppConnection, AppEndpoint, InputBindingRoute } from "./app-endpoint.js";
import { openAppChannel } from "./open-app-channel.js";

/** What a runtime gives to the connection with its app. */
export interface AppConnectionParts {
  readonly registry: Registry;
  readonly logger: ComponentLogger;
  readonly maxMessageBytes: number;
  /** Where probes of the app's health are counted. */
  readonly metrics: DaprMetrics | undefined;
  readonly attachApp: (channel: AppChannel) => Promise<() => Promise<void>>;
}

/** Waits for an app to listen, and lets the runtime call it. The result takes it away again. */
export async function connectApp(
  endpoint: AppEndpoint,
  signal: AbortSignal,
  { registry, logger, maxMessageBytes, metrics, attachApp }: AppConnectionParts,
): Promise<() => Promise<void>> {
  const inputBindings = inputBindingRoutes(registry);
  const observer = metrics && (await import("../metrics/measure-app-clients.js")).measureAppClients(metrics);
  const connect = (): Promise<AppConnection> =>
    openAppChannel({ ...endpoint, inputBindings, logger, maxMessageBytes, observer }, signal);
  if (endpoint.healthCheck !== undefined) {
    const { superviseApp } = await import("../app-health/supervise-app.js");
    return superviseApp(endpoint, signal, { check: endpoint.healthCheck, connect, attachApp, logger, metrics });
  }
  const { channel, close } = await connect();
  try {
    const detach = await attachApp(channel);
    return async () => {
      await detach();
      close();
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** The input bindings that run, and where an HTTP app is to take their events: at `route`, else at the binding's name. */
function inputBindingRoutes(registry: Registry): ReadonlyMap<string, InputBindingRoute> {
  const routes = new Map<string, InputBindingRoute>();
  for (const running of registry.all) {
    if (running.kind !== "bindings") continue;
    // What is registered under a kind is of that kind.
    const binding = running as RunningComponent<"bindings">;
    if (inputOf(binding) === undefined) continue;
    const route = Object.entries(binding.metadata).find(([key]) => key.toLowerCase() === "route")?.[1] ?? "";
    routes.set(running.name, { path: route === "" ? running.name : route, isCertain: isExplicitInput(binding) });
  }
  return routes;
}
