import type { DaprMetrics } from "../metrics/dapr-metrics.js";
import type { MetricsSettings } from "../metrics/metrics-settings.js";
import type { Registry } from "../registry.js";
import type { Protection } from "../resiliency/protection.js";
import type { OpenSpans } from "../tracing/open-tracing.js";
import type { TracingSettings } from "../tracing/tracing-settings.js";
import { joinObservers, type Observer, type Observers } from "./observers.js";

/** Who is to watch a runtime. */
export interface ObserverSettings {
  readonly appId: string;
  readonly registry: Registry;
  readonly protection: Pick<Protection, "names" | "listen"> | undefined;
  /** What the Configuration says. */
  readonly configuration: { readonly tracing?: TracingSettings; readonly metrics?: MetricsSettings };
  /** Whether there are metrics, where the Configuration does not say. @defaultValue none are */
  readonly metrics?: boolean | undefined;
  readonly openSpans?: OpenSpans | undefined;
}

/** Who watches a runtime. */
export interface OpenObservers {
  readonly observers: Observers;
  readonly metrics: DaprMetrics | undefined;
}

/** Opens what watches a runtime. Nothing is loaded for what is not asked for. */
export async function openObservers(settings: ObserverSettings): Promise<OpenObservers> {
  const { appId, registry, protection, configuration, openSpans } = settings;
  const opened: Observer[] = [];
  let metrics: DaprMetrics | undefined;
  if (hasMetrics(settings)) {
    const { openMetrics } = await import("../metrics/open-metrics.js");
    const made = await openMetrics(configuration.metrics ?? { isEnabled: true }, { appId, registry, protection });
    metrics = made.metrics;
    opened.push(made.observer);
  }
  const { tracing } = configuration;
  if (tracing !== undefined && tracing.samplingRate > 0) {
    const { openTracing } = await import("../tracing/open-tracing.js");
    opened.push(await openTracing(tracing, appId, openSpans));
  }
  return { observers: joinObservers(opened), metrics };
}

/** As in daprd, both the Configuration and the flag can say no. */
function hasMetrics({ metrics, configuration }: ObserverSettings): boolean {
  if (metrics === false) return false;
  return configuration.metrics?.isEnabled ?? metrics ?? false;
}
