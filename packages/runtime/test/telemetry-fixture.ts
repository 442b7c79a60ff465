import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { freePortFamily, startDaprd, type DaprdEngine, type DaprdOptions } from "@mecha/engines";
import { SpanKind } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { onTestFinished } from "vitest";
import type { Runtime, RuntimeOptions } from "../src/runtime.js";
import { resourceFolder, testRuntime } from "./runtime-fixture.js";

/** How long telemetry may take to come. */
export const patience = { timeout: 25_000, interval: 100 };

/** What is compared of a span. */
export interface Seen {
  readonly name: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Something that tells what it does. */
export interface Telling {
  /** The spans that have come up to now. */
  readonly spans: () => readonly Seen[];
  /** The metrics, in Prometheus' text format. */
  readonly page: () => Promise<string>;
}

/** Has a server of the test listen until the test ends. */
export async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** A span as Zipkin has it, as far as it is compared. */
interface ZipkinSpan {
  readonly name: string;
  readonly kind?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Starts a sidecar that tells its spans and metrics. */
export async function tellingDaprd(options: DaprdOptions): Promise<Telling & { readonly sidecar: DaprdEngine }> {
  const spans: Seen[] = [];
  const collector = createServer((request, response) => {
    void json(request).then((body) => {
      for (const { name, kind = "", tags = {} } of body as readonly ZipkinSpan[])
        spans.push({ name, kind, attributes: tags });
      response.writeHead(202).end();
    });
  });
  const endpointAddress = `http://127.0.0.1:${String(await listening(collector))}/api/v2/spans`;
  const configFolder = await resourceFolder({
    "config.yaml": `apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: { name: c }\nspec: { tracing: { samplingRate: "1", zipkin: { endpointAddress: "${endpointAddress}" } } }\n`,
  });
  const metricsPort = await freePortFamily([0]);
  const sidecar = await startDaprd({
    ...options,
    configFile: join(configFolder, "config.yaml"),
    args: ["--enable-metrics=true", `--metrics-port=${String(metricsPort)}`, "--metrics-listen-address=127.0.0.1"],
  });
  onTestFinished(() => sidecar.stop({ hard: true }));
  const page = async () => (await fetch(`http://127.0.0.1:${String(metricsPort)}/`)).text();
  return { sidecar, spans: () => spans, page };
}

/** Makes a runtime that tells its spans and metrics. */
export async function tellingRuntime(
  files: Readonly<Record<string, string>>,
  options: Partial<RuntimeOptions>,
): Promise<Telling & { readonly runtime: Runtime }> {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const configFolder = await resourceFolder({
    "config.yaml": 'kind: Configuration\nmetadata: { name: c }\nspec: { tracing: { samplingRate: "1" } }\n',
  });
  const runtime = await testRuntime(files, {
    metrics: true,
    configFile: join(configFolder, "config.yaml"),
    openSpans: () => Promise.resolve({ provider, close: () => Promise.resolve() }),
    ...options,
  });
  const spans = (): readonly Seen[] =>
    exporter.getFinishedSpans().map(({ name, kind, attributes }) => ({ name, kind: SpanKind[kind] ?? "", attributes }));
  return { runtime, spans, page: async () => (await runtime.metrics?.text()) ?? "" };
}

/** Series by their names and the names of their labels; a histogram is one. */
export function seriesOf(page: string): ReadonlySet<string> {
  const types = new Map(
    [...page.matchAll(/^# TYPE (dapr_\w+) (\w+)$/gmu)].map(([, name = "", type = ""]) => [name, type]),
  );
  const series = new Set<string>();
  for (const [, sample = "", labels = ""] of page.matchAll(/^(dapr_\w+?)(?:\{(.*)\})? [^ ]+$/gmu)) {
    const base = sample.replace(/_(?:bucket|sum|count)$/u, "");
    const name = types.get(base) === "histogram" ? base : sample;
    const names = [...labels.matchAll(/(\w+)="/gu)].map(([, label = ""]) => label).filter((label) => label !== "le");
    series.add(`${name} ${types.get(name) ?? ""} {${[...new Set(names)].sort().join(",")}}`);
  }
  return series;
}

/** What Zipkin's form adds, what differs from run to run, and what daprd learns from certificates. */
const unlike = new Set([
  "otel.scope.name",
  "otel.status_code",
  "service.name",
  "error",
  "server.port",
  "dapr-caller-namespace",
]);

/** Spans in one order, named as Zipkin's exporter in Go does. */
export function comparable(spans: readonly Seen[]): readonly string[] {
  const texts = spans.map(({ name, kind, attributes }) => {
    const same = Object.entries(attributes).filter(([key]) => !unlike.has(key));
    return JSON.stringify([name.toLowerCase(), kind, ...same.map(([key, value]) => `${key}=${String(value)}`).sort()]);
  });
  return texts.sort();
}
