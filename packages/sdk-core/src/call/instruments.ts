import { metrics, trace, type Histogram, type MeterProvider, type Tracer } from "@opentelemetry/api";

/** Name of spans' and metrics' maker. */
const scope = "@mecha/sdk-core";

/** Bounds of the buckets of a call's duration in seconds, as the RPC conventions advise. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The tracer of what is registered now. */
export function tracer(): Tracer {
  return trace.getTracer(scope);
}

/** Makes a histogram of durations; it follows the provider, which an app may register at any time. */
export function durationHistogram(name: string, description: string): () => Histogram {
  let provider: MeterProvider | undefined;
  let histogram: Histogram | undefined;
  return () => {
    const current = metrics.getMeterProvider();
    if (histogram === undefined || provider !== current) {
      provider = current;
      histogram = current
        .getMeter(scope)
        .createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries: boundaries } });
    }
    return histogram;
  };
}
