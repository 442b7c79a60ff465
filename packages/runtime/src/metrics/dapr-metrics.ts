import type * as prometheus from "prom-client";
import { instruments, type Instrument, type MetricName } from "./instruments.js";
import type { MetricsPage } from "./metrics-page.js";
import type { LabelRule, MetricsSettings } from "./metrics-settings.js";

/** Values of a metric's labels; those that are left out are empty. */
export type Labels = Readonly<Record<string, string>>;

/** The part of the library that is used here. */
export type PrometheusLibrary = Pick<typeof prometheus, "Counter" | "Gauge" | "Histogram" | "Registry">;

/** daprd's buckets of latencies, in milliseconds. */
const latencyBuckets = [
  1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800, 1_000,
  2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
];

const kib = 1024;
const mib = kib ** 2;
const gib = kib ** 3;

/** daprd's buckets of sizes, in bytes. */
const sizeBuckets = [
  ...[kib, 2 * kib, 4 * kib, 16 * kib, 64 * kib, 256 * kib],
  ...[mib, 4 * mib, 16 * mib, 64 * mib, 256 * mib, gib, 4 * gib],
];

/** What the metrics of a runtime are made with. */
export interface DaprMetricsOptions extends MetricsSettings {
  readonly appId: string;
  /** Namespace of the app, as in daprd the variable `NAMESPACE`. */
  readonly namespace: string;
}

/** The metrics of a runtime, with daprd's names. A metric is there once something was counted, as in daprd. */
export class DaprMetrics implements MetricsPage {
  readonly #library: PrometheusLibrary;
  readonly #registry: prometheus.Registry;
  readonly #options: DaprMetricsOptions;
  readonly #counters = new Map<MetricName, prometheus.Counter>();
  readonly #gauges = new Map<MetricName, prometheus.Gauge>();
  readonly #histograms = new Map<MetricName, prometheus.Histogram>();
  readonly #rules: ReadonlyMap<string, LabelRule>;

  constructor(library: PrometheusLibrary, options: DaprMetricsOptions) {
    this.#library = library;
    this.#registry = new library.Registry();
    this.#options = options;
    const rules = options.rules ?? [];
    this.#rules = new Map(rules.map((rule) => [`${rule.metric.replace(/^dapr_/u, "")} ${rule.label}`, rule]));
  }

  /** What the Configuration says. */
  get settings(): MetricsSettings {
    return this.#options;
  }

  /** Media type of {@link DaprMetrics.text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Adds to a count. */
  count(name: MetricName, labels: Labels, by = 1): void {
    let counter = this.#counters.get(name);
    if (counter === undefined) this.#counters.set(name, (counter = new this.#library.Counter(this.#definition(name))));
    counter.inc(this.#labels(name, labels), by);
  }

  /** Sets what can also become less. */
  set(name: MetricName, labels: Labels, value: number): void {
    let gauge = this.#gauges.get(name);
    if (gauge === undefined) this.#gauges.set(name, (gauge = new this.#library.Gauge(this.#definition(name))));
    gauge.set(this.#labels(name, labels), value);
  }

  /** Adds a latency in milliseconds, or a size in bytes. */
  observe(name: MetricName, labels: Labels, value: number): void {
    let histogram = this.#histograms.get(name);
    if (histogram === undefined) {
      const buckets =
        instruments[name].kind === "size" ? sizeBuckets : [...(this.#options.latencyBuckets ?? latencyBuckets)];
      histogram = new this.#library.Histogram({ ...this.#definition(name), buckets });
      this.#histograms.set(name, histogram);
    }
    histogram.observe(this.#labels(name, labels), value);
  }

  #definition(name: MetricName): {
    name: string;
    help: string;
    labelNames: string[];
    registers: prometheus.Registry[];
  } {
    const { help, labels }: Instrument = instruments[name];
    return { name: `dapr_${name}`, help, labelNames: ["app_id", ...labels], registers: [this.#registry] };
  }

  #labels(name: MetricName, given: Labels): Record<string, string> {
    const { appId, namespace } = this.#options;
    const values: Record<string, string> = { app_id: appId };
    const known: Instrument = instruments[name];
    for (const label of known.labels) {
      const value = label === "namespace" ? namespace : (given[label] ?? "");
      values[label] = this.#rules.size === 0 ? value : this.#ruled(name, label, value);
    }
    return values;
  }

  #ruled(name: MetricName, label: string, value: string): string {
    const rule = this.#rules.get(`${name} ${label}`);
    return (rule?.replacements ?? []).reduce((text, { pattern, by }) => text.replaceAll(pattern, by), value);
  }
}
