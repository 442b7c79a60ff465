import type { Observer } from "../observers/observers.js";
import { watchTopicStreams } from "../observers/watch-topic-stream.js";
import type { Registry } from "../registry.js";
import type { Protection } from "../resiliency/protection.js";
import { DaprMetrics } from "./dapr-metrics.js";
import { measureApp, measureStreamedEvents } from "./measure-app.js";
import { measureComponents } from "./measure-components.js";
import { measureGrpc } from "./measure-grpc.js";
import { measureHttp } from "./measure-http.js";
import { measureCalledApp, measureRemoteApps } from "./measure-invocations.js";
import { measureProxiedCalls } from "./measure-passed-calls.js";
import { measurePolicies } from "./measure-policies.js";
import type { MetricsSettings } from "./metrics-settings.js";

/** What the metrics of a runtime are about. */
export interface MetricsContext {
  readonly appId: string;
  readonly registry: Registry;
  /** The Resiliency resources that hold, if there are any. */
  readonly protection: Pick<Protection, "names" | "listen"> | undefined;
}

/** Makes the metrics of a runtime and the observer that fills them. */
export async function openMetrics(
  settings: MetricsSettings,
  { appId, registry, protection }: MetricsContext,
): Promise<{ readonly metrics: DaprMetrics; readonly observer: Observer }> {
  const { default: library } = await import("prom-client");
  const metrics = new DaprMetrics(library, { ...settings, appId, namespace: process.env["NAMESPACE"] ?? "" });
  for (const { type } of registry.all) {
    metrics.count("runtime_component_loaded", {});
    metrics.count("runtime_component_init_total", { component: type });
  }
  const policyNames = protection?.names ?? [];
  for (const name of policyNames) metrics.count("resiliency_loaded", { name });
  protection?.listen(measurePolicies(metrics, policyNames.at(-1) ?? ""));
  return {
    metrics,
    observer: {
      handlers: (table) =>
        measureComponents(watchTopicStreams(table, measureStreamedEvents(metrics)), metrics, registry),
      grpcDoor: (table) => measureGrpc(table, metrics),
      proxiedCalls: (pass) => measureProxiedCalls(pass, metrics),
      httpDoor: (answer) => measureHttp(answer, metrics, settings),
      app: (channel) => measureApp(channel, metrics),
      remoteApps: (invoke) => measureRemoteApps(invoke, metrics),
      calledApp: (invoke) => measureCalledApp(invoke, metrics),
    },
  };
}
