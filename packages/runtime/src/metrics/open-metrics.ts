import type { Observer } from "../observers/observers.js";
import { watchTopicStreams } from "../observers/watch-topic-stream.js";
import type { Registry } from "../registry.js";
import { DaprMetrics } from "./dapr-metrics.js";
import { measureApp, measureStreamedEvents } from "./measure-app.js";
import { measureComponents } from "./measure-components.js";
import { measureGrpc } from "./measure-grpc.js";
import { measureHttp } from "./measure-http.js";
import { measureCalledApp, measureRemoteApps } from "./measure-invocations.js";
import type { MetricsSettings } from "./metrics-settings.js";

/** What the metrics of a runtime are about. */
export interface MetricsContext {
  readonly appId: string;
  readonly registry: Registry;
  /** The Resiliency resources that hold. */
  readonly resiliencies: readonly { readonly name: string }[];
}

/** Makes the metrics of a runtime and the observer that fills them. */
export async function openMetrics(
  settings: MetricsSettings,
  { appId, registry, resiliencies }: MetricsContext,
): Promise<{ readonly metrics: DaprMetrics; readonly observer: Observer }> {
  const { default: library } = await import("prom-client");
  const metrics = new DaprMetrics(library, { ...settings, appId, namespace: process.env["NAMESPACE"] ?? "" });
  for (const { type } of registry.all) {
    metrics.count("runtime_component_loaded", {});
    metrics.count("runtime_component_init_total", { component: type });
  }
  for (const { name } of resiliencies) metrics.count("resiliency_loaded", { name });
  return {
    metrics,
    observer: {
      handlers: (table) =>
        measureComponents(watchTopicStreams(table, measureStreamedEvents(metrics)), metrics, registry),
      grpcDoor: (table) => measureGrpc(table, metrics),
      httpDoor: (answer) => measureHttp(answer, metrics, settings),
      app: (channel) => measureApp(channel, metrics),
      remoteApps: (invoke) => measureRemoteApps(invoke, metrics),
      calledApp: (invoke) => measureCalledApp(invoke, metrics),
    },
  };
}
