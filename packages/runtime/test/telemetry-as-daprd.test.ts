import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { freePortFamily, startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { daprMethods, secrets, state } from "@mecha/sdk-core/protocol";
import { SpanKind } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { expect, onTestFinished, test } from "vitest";
import { serveGrpc } from "../src/doors/grpc/serve-grpc.js";
import { serveHttp } from "../src/doors/http/serve-http.js";
import { resiliencyYaml } from "./resiliency-fixture.js";
import { resourceFolder, testRuntime } from "./runtime-fixture.js";

/** What is compared of a span. */
interface Seen {
  readonly name: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What one of the two has told of the same calls. */
interface Told {
  readonly spans: readonly Seen[];
  /** Series of metrics, with the names of their labels. */
  readonly series: ReadonlySet<string>;
  /** What policies of Resiliency did, with its values. */
  readonly policies: readonly string[];
}

const appId = "orders";
const patience = { timeout: 25_000, interval: 100 };
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

const guarded = { timeout: "long", retry: "once", circuitBreaker: "first" };
const resiliency = {
  policies: {
    timeouts: { long: "60s" },
    retries: { once: { duration: "1ms", maxRetries: 1 } },
    circuitBreakers: { first: { timeout: "60s", trip: "consecutiveFailures >= 1" } },
  },
  targets: {
    apps: { [appId]: guarded },
    components: { store: { outbound: guarded }, events: { inbound: guarded } },
  },
};

const files = {
  "resiliency.yaml": resiliencyYaml(resiliency, "guards"),
  "store.yaml": componentYaml("store", "state.in-memory"),
  "events.yaml": componentYaml("events", "pubsub.in-memory"),
  "secrets.yaml": componentYaml("vault", "secretstores.local.env"),
};

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** An app with one topic and one method; says what its deliveries carried. */
async function startApp(): Promise<{
  readonly port: number;
  readonly deliveries: Readonly<Record<string, unknown>>[];
}> {
  const deliveries: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === "/paid") deliveries.push(request.headers);
    const isList = request.url === "/dapr/subscribe";
    response.writeHead(isList || request.url === "/paid" || request.url === "/reserve" ? 200 : 404, {
      "content-type": "application/json",
    });
    response.end(isList ? '[{"pubsubname":"events","topic":"paid","route":"paid"}]' : "{}");
  });
  return { port: await listening(server), deliveries };
}

/** The calls of which both tell. */
async function call(httpAddress: string, grpcAddress: string): Promise<void> {
  const headers = { traceparent, "content-type": "application/json", "dapr-mine": "seen" };
  const ask = async (verb: string, path: string, body?: string): Promise<void> => {
    await (await fetch(httpAddress + path, { method: verb, headers, ...(body !== undefined && { body }) })).text();
  };
  await ask("POST", "/v1.0/state/store", '[{"key":"1","value":1}]');
  await ask("GET", "/v1.0/state/store/1");
  await ask("DELETE", "/v1.0/state/store/1");
  await ask("GET", "/v1.0/secrets/vault/HOME");
  await ask("GET", "/v1.0/metadata");
  await ask("GET", "/v1.0/state/missing/1");
  await ask("POST", `/v1.0/invoke/${appId}/method/reserve`, "{}");
  await ask("POST", `/v1.0/invoke/${appId}/method/missing`, "{}");

  const transport = createGrpcTransport({ address: grpcAddress });
  const options = { metadata: { traceparent, "dapr-mine": "seen" } };
  const store = { storeName: "store" };
  const item = { key: "2", value: Buffer.from("2"), metadata: {} };
  await transport.unary(daprMethods.saveState, { ...store, states: [item] }, options);
  await transport.unary(daprMethods.getState, state.GetStateRequest.fromPartial({ ...store, key: "2" }), options);
  await transport.unary(
    daprMethods.getBulkState,
    state.GetBulkStateRequest.fromPartial({ ...store, keys: ["2"] }),
    options,
  );
  await transport.unary(daprMethods.deleteState, state.DeleteStateRequest.fromPartial({ ...store, key: "2" }), options);
  const secret = secrets.GetSecretRequest.fromPartial({ storeName: "vault", key: "HOME" });
  await transport.unary(daprMethods.getSecret, secret, options);
  const event = { pubsubName: "events", topic: "paid", dataContentType: "text/plain", metadata: {} };
  await transport.unary(daprMethods.publishEvent, { ...event, data: Buffer.from("1") }, options);
  const message = { method: "reserve", contentType: "", httpExtension: { verb: 4, querystring: "" } };
  await transport.unary(daprMethods.invokeService, { id: appId, message }, options);
  await transport.close();
}

/** Series by their names and the names of their labels; a histogram is one. */
function seriesOf(page: string): ReadonlySet<string> {
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

/** The metrics of policies, each with its labels in one order. */
function policiesOf(page: string): readonly string[] {
  const samples = page.matchAll(/^(dapr_resiliency_\w+)\{(.*)\} (\S+)$/gmu);
  return [...samples]
    .map(([, name, labels = "", value]) => [name, ...labels.split(",").sort(), value].join(" "))
    .sort();
}

/** What Zipkin's form adds, and what differs from run to run. */
const unlike = new Set(["otel.scope.name", "otel.status_code", "service.name", "error", "server.port"]);

/** Spans in one order, named as Zipkin's exporter in Go does. */
function comparable(spans: readonly Seen[]): readonly string[] {
  const texts = spans.map(({ name, kind, attributes }) => {
    const same = Object.entries(attributes).filter(([key]) => !unlike.has(key));
    return JSON.stringify([name.toLowerCase(), kind, ...same.map(([key, value]) => `${key}=${String(value)}`).sort()]);
  });
  return texts.sort();
}

/** A span as Zipkin has it, as far as it is compared. */
interface ZipkinSpan {
  readonly name: string;
  readonly kind?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

async function onDaprd(folder: string): Promise<Told> {
  const zipkin: Seen[] = [];
  const collector = createServer((request, response) => {
    void json(request).then((body) => {
      for (const { name, kind = "", tags = {} } of body as readonly ZipkinSpan[])
        zipkin.push({ name, kind, attributes: tags });
      response.writeHead(202).end();
    });
  });
  const endpointAddress = `http://127.0.0.1:${String(await listening(collector))}/api/v2/spans`;
  const configFolder = await resourceFolder({
    "config.yaml": `apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: { name: c }\nspec: { tracing: { samplingRate: "1", zipkin: { endpointAddress: "${endpointAddress}" } } }\n`,
  });
  const { port, deliveries } = await startApp();
  const metricsPort = await freePortFamily([0]);
  const sidecar = await startDaprd({
    appId,
    resourcesFolders: [folder],
    configFile: join(configFolder, "config.yaml"),
    appPort: port,
    args: ["--enable-metrics=true", `--metrics-port=${String(metricsPort)}`, "--metrics-listen-address=127.0.0.1"],
  });
  onTestFinished(() => sidecar.stop({ hard: true }));
  await expect.poll(async () => (await fetch(`${sidecar.httpAddress}/v1.0/healthz`)).status, patience).toBe(204);
  await call(sidecar.httpAddress, sidecar.grpcAddress);
  await expect.poll(() => deliveries.length, patience).toBe(1);
  await expect.poll(() => zipkin.map(({ name }) => name), patience).toContain("pubsub/paid");
  const page = await (await fetch(`http://127.0.0.1:${String(metricsPort)}/`)).text();
  return { spans: zipkin, series: seriesOf(page), policies: policiesOf(page) };
}

async function onRuntime(): Promise<Told> {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const configFolder = await resourceFolder({
    "config.yaml": 'kind: Configuration\nmetadata: { name: c }\nspec: { tracing: { samplingRate: "1" } }\n',
  });
  const { port, deliveries } = await startApp();
  const runtime = await testRuntime(files, {
    appId,
    metrics: true,
    configFile: join(configFolder, "config.yaml"),
    openSpans: () => Promise.resolve({ provider, close: () => Promise.resolve() }),
  });
  await runtime.connectApp({ port, protocol: "http" }, new AbortController().signal);
  await call((await serveHttp(runtime, { port: 0 })).address, (await serveGrpc(runtime, { port: 0 })).address);
  await expect.poll(() => deliveries.length, patience).toBe(1);
  expect(deliveries[0]?.["traceparent"]).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/u);
  await expect.poll(() => exporter.getFinishedSpans().map(({ name }) => name), patience).toContain("pubsub/paid");
  const spans = exporter
    .getFinishedSpans()
    .map(({ name, kind, attributes }) => ({ name, kind: SpanKind[kind] ?? "", attributes }));
  const page = (await runtime.metrics?.text()) ?? "";
  return { spans, series: seriesOf(page), policies: policiesOf(page) };
}

describeWith(["daprd"], "what is told of the same calls", () => {
  test("spans and metrics are those of daprd", { timeout: 120_000 }, async () => {
    const folder = await resourceFolder(files);
    const [daprd, runtime] = [await onDaprd(folder), await onRuntime()];
    expect(comparable(runtime.spans)).toEqual(comparable(daprd.spans));
    expect([...runtime.series].sort()).toEqual([...daprd.series].sort());
    expect(runtime.policies).toEqual(daprd.policies);
    // So that two empty pages are no success.
    expect(daprd.series).toContain("dapr_component_state_count counter {app_id,component,namespace,operation,success}");
    expect(daprd.policies.join("\n")).toMatch(/resiliency_activations_total .*"retry"/u);
    expect(daprd.spans.length).toBeGreaterThan(10);
  });
});
