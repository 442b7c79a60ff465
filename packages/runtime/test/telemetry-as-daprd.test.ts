import { createServer } from "node:http";
import { componentYaml } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { daprMethods, secrets, state } from "@mecha/sdk-core/protocol";
import { expect, test } from "vitest";
import { serveGrpc } from "../src/doors/grpc/serve-grpc.js";
import { serveHttp } from "../src/doors/http/serve-http.js";
import { resiliencyYaml } from "./resiliency-fixture.js";
import { resourceFolder } from "./runtime-fixture.js";
import {
  comparable,
  listening,
  patience,
  seriesOf,
  tellingDaprd,
  tellingRuntime,
  type Seen,
} from "./telemetry-fixture.js";

/** What one of the two has told of the same calls. */
interface Told {
  readonly spans: readonly Seen[];
  /** Series of metrics, with the names of their labels. */
  readonly series: ReadonlySet<string>;
  /** What policies of Resiliency did, with its values. */
  readonly policies: readonly string[];
}

const appId = "orders";
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

/** The metrics of policies, each with its labels in one order. */
function policiesOf(page: string): readonly string[] {
  const samples = page.matchAll(/^(dapr_resiliency_\w+)\{(.*)\} (\S+)$/gmu);
  return [...samples]
    .map(([, name, labels = "", value]) => [name, ...labels.split(",").sort(), value].join(" "))
    .sort();
}

async function onDaprd(folder: string): Promise<Told> {
  const { port, deliveries } = await startApp();
  const { sidecar, spans, page } = await tellingDaprd({ appId, resourcesFolders: [folder], appPort: port });
  await expect.poll(async () => (await fetch(`${sidecar.httpAddress}/v1.0/healthz`)).status, patience).toBe(204);
  await call(sidecar.httpAddress, sidecar.grpcAddress);
  await expect.poll(() => deliveries.length, patience).toBe(1);
  await expect.poll(() => spans().map(({ name }) => name), patience).toContain("pubsub/paid");
  const text = await page();
  return { spans: spans(), series: seriesOf(text), policies: policiesOf(text) };
}

async function onRuntime(): Promise<Told> {
  const { port, deliveries } = await startApp();
  const { runtime, spans, page } = await tellingRuntime(files, { appId });
  await runtime.connectApp({ port, protocol: "http" }, new AbortController().signal);
  await call((await serveHttp(runtime, { port: 0 })).address, (await serveGrpc(runtime, { port: 0 })).address);
  await expect.poll(() => deliveries.length, patience).toBe(1);
  expect(deliveries[0]?.["traceparent"]).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/u);
  await expect.poll(() => spans().map(({ name }) => name), patience).toContain("pubsub/paid");
  const text = await page();
  return { spans: spans(), series: seriesOf(text), policies: policiesOf(text) };
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
