import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { appCallback, daprMethods, state, type AppChannel } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { expect, onTestFinished, test } from "vitest";
import { resourceFolder, testRuntime } from "../../test/runtime-fixture.js";
import { serveGrpc } from "../doors/grpc/serve-grpc.js";
import { serveHttp } from "../doors/http/serve-http.js";
import { serveMetrics } from "./serve-metrics.js";

const Status = appCallback.TopicEventResponse_TopicEventResponseStatus;

const files = {
  "store.yaml": componentYaml("orders", "state.in-memory"),
  "events.yaml": componentYaml("events", "pubsub.in-memory"),
  "resiliency.yaml":
    "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: { name: patient }\nspec: { policies: {}, targets: {} }\n",
};

async function configuration(spec: string): Promise<{ readonly configFile: string }> {
  const folder = await resourceFolder({ "config.yaml": `kind: Configuration\nmetadata: { name: c }\nspec: ${spec}\n` });
  return { configFile: join(folder, "config.yaml") };
}

/** The lines of a page of metrics that are values, by what stands before them. */
async function pageOf(address: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(address)).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

const getOrder = (key: string) => state.GetStateRequest.fromPartial({ storeName: "orders", key });

test("calls over all doors are counted for components once, and for the door that they came through", async () => {
  const runtime = await testRuntime(files, { metrics: true });
  const { address } = await serveMetrics(runtime, { port: 0 });
  const http = await serveHttp(runtime, { port: 0 });
  const transport = createGrpcTransport({ address: (await serveGrpc(runtime, { port: 0 })).address });
  onTestFinished(() => transport.close());

  await runtime.transport.unary(daprMethods.getState, getOrder("1"));
  await transport.unary(daprMethods.getState, getOrder("2"));
  await expect(
    transport.unary(daprMethods.getState, state.GetStateRequest.fromPartial({ storeName: "no", key: "1" })),
  ).rejects.toThrow();
  await fetch(`${http.address}/v1.0/state/orders`, { method: "POST", body: '[{"key":"3","value":1}]' });
  const found = await fetch(`${http.address}/v1.0/state/orders/3`);

  expect(await found.text()).toBe("1");
  const page = await pageOf(address);
  const ofStore = 'app_id="test-app",component="orders",namespace=""';
  expect(page.get(`dapr_component_state_count{${ofStore},operation="get",success="true"}`)).toBe(3);
  expect(page.get(`dapr_component_state_count{${ofStore},operation="set",success="true"}`)).toBe(1);
  expect([...page.keys()].some((key) => key.includes('component="no"'))).toBe(false);
  const method = 'app_id="test-app",grpc_server_method="/dapr.proto.runtime.v1.Dapr/GetState"';
  expect(page.get(`dapr_grpc_io_server_completed_rpcs{${method},grpc_server_status="OK"}`)).toBe(1);
  expect(page.get(`dapr_grpc_io_server_completed_rpcs{${method},grpc_server_status="InvalidArgument"}`)).toBe(1);
  expect(page.get(`dapr_grpc_io_server_received_bytes_per_rpc_count{${method}}`)).toBe(2);
  const path = 'path="/v1.0/state/orders"';
  expect(page.get(`dapr_http_server_request_count{app_id="test-app",method="GET",${path},status="200"}`)).toBe(1);
  expect(page.get(`dapr_http_server_request_count{app_id="test-app",method="POST",${path},status="204"}`)).toBe(1);
  expect(page.get('dapr_http_server_response_bytes_sum{app_id="test-app"}')).toBe(1);
  expect(page.get('dapr_runtime_component_loaded{app_id="test-app"}')).toBe(2);
  expect(page.get('dapr_resiliency_loaded{app_id="test-app",name="patient",namespace=""}')).toBe(1);
});

test("events are counted when they are published, and by what the app makes of them", async () => {
  const runtime = await testRuntime(files, { metrics: true });
  const { address } = await serveMetrics(runtime, { port: 0 });
  const outcomes: (() => Promise<appCallback.TopicEventResponse>)[] = [
    () => Promise.resolve({ status: Status.SUCCESS }),
    () => Promise.resolve({ status: Status.DROP }),
    () => Promise.reject(new MechaError("UNIMPLEMENTED", "no such topic")),
  ];
  let resolve = (): void => undefined;
  const handled = new Promise<void>((settle) => (resolve = settle));
  const channel: AppChannel = {
    subscriptions: [appCallback.TopicSubscription.fromPartial({ pubsubName: "events", topic: "paid" })],
    topic: () => {
      const outcome = outcomes.shift();
      if (outcomes.length === 0) resolve();
      return outcome?.() ?? Promise.resolve({ status: Status.SUCCESS });
    },
  };
  await runtime.attachApp(channel);

  const event = { pubsubName: "events", topic: "paid", dataContentType: "text/plain", metadata: {} };
  for (const text of ["a", "b", "c"])
    await runtime.transport.unary(daprMethods.publishEvent, { ...event, data: Buffer.from(text) });
  await handled;

  const labels = 'app_id="test-app",component="events",namespace=""';
  const ingress = (result: string, status: string) =>
    `dapr_component_pubsub_ingress_count{${labels},process_status="${result}",topic="paid",status="${status}"}`;
  await expect.poll(async () => (await pageOf(address)).get(ingress("drop", "drop")), { timeout: 10_000 }).toBe(1);
  const page = await pageOf(address);
  expect(page.get(`dapr_component_pubsub_egress_count{${labels},success="true",topic="paid"}`)).toBe(3);
  expect(page.get(ingress("success", "success"))).toBe(1);
  expect(page.get(ingress("drop", "success"))).toBe(1);
});

test("the Configuration says which metrics there are, by which buckets, and how labels are written", async () => {
  const runtime = await testRuntime(
    files,
    await configuration(
      `{ metrics: { enabled: true, http: { increasedCardinality: false, pathMatching: ["/v1.0/state/{store}/{key}"],
         excludeVerbs: true }, latencyDistributionBuckets: [7],
         rules: [{ name: dapr_component_state_count, labels: [{ name: component, regex: { hidden: "ord.*" } }] }] } }`,
    ),
  );
  const { address } = await serveMetrics(runtime, { port: 0 });
  const http = await serveHttp(runtime, { port: 0 });

  await fetch(`${http.address}/v1.0/state/orders/3`);
  await fetch(`${http.address}/v1.0/metadata`);

  const page = await pageOf(address);
  const request = 'dapr_http_server_request_count{app_id="test-app",method=""';
  expect(page.get(`${request},path="/v1.0/state/{store}/{key}",status="204"}`)).toBe(1);
  expect(page.get(`${request},path="",status="200"}`)).toBe(1);
  expect([...page.keys()].some((key) => key.startsWith("dapr_http_server_response_count"))).toBe(false);
  const count = 'dapr_component_state_count{app_id="test-app",component="hidden",namespace=""';
  expect(page.get(`${count},operation="get",success="true"}`)).toBe(1);
  const buckets = [...page.keys()].filter((key) => key.startsWith("dapr_component_state_latencies_bucket"));
  expect(buckets.map((key) => /le="([^"]+)"/u.exec(key)?.[1])).toEqual(["7", "+Inf"]);
});

test("a runtime without metrics has none to serve, and a Configuration that turns them off wins", async () => {
  const plain = await testRuntime(files);
  const off = await testRuntime(files, { metrics: true, ...(await configuration("{ metric: { enabled: false } }")) });

  for (const runtime of [plain, off]) {
    expect(runtime.metrics).toBeUndefined();
    await expect(serveMetrics(runtime, { port: 0 })).rejects.toThrow("has no metrics");
  }
});
