import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricData,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from "@opentelemetry/sdk-trace-base";
import { onTestFinished } from "vitest";

/** A real OpenTelemetry SDK that keeps what it is given. */
export interface TestTelemetry {
  /** The spans that have ended, oldest first. */
  spans(): readonly ReadableSpan[];
  /** The data of a metric. */
  metric(name: string): Promise<MetricData | undefined>;
}

/** Registers an SDK for one test, as an app would at its start. */
export function registerTelemetry(): TestTelemetry {
  const exported = new InMemorySpanExporter();
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exported)] }));
  metrics.setGlobalMeterProvider(meters);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  onTestFinished(async () => {
    for (const api of [trace, metrics, context, propagation]) api.disable();
    await meters.shutdown();
  });
  return {
    spans: () => exported.getFinishedSpans(),
    async metric(name) {
      await reader.forceFlush();
      const scopes = measured.getMetrics().at(-1)?.scopeMetrics ?? [];
      return scopes.flatMap((scope) => scope.metrics).find(({ descriptor }) => descriptor.name === name);
    },
  };
}
