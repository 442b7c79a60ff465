import { componentYaml } from "@mecha/conformance";
import { expect, onTestFinished, test } from "vitest";
import { grpcCollector, httpCollector, type Collector } from "./collectors.js";
import { startMecha, type RunningMecha } from "./mecha-run.js";
import { createRunFolder } from "./run-folder.js";

const components = { "store.yaml": componentYaml("store", "state.in-memory") };
const traceId = "0af7651916cd43dd8448eb211c80319c";
const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
const patience = { timeout: 25_000 };

async function start(args: readonly string[], configuration: string): Promise<RunningMecha> {
  const { path: cwd, remove } = await createRunFolder(components, { "config.yaml": configuration });
  onTestFinished(remove);
  const mecha = startMecha(["run", "-a", "orders", "--config", "config.yaml", ...args], { cwd });
  onTestFinished(() => mecha.stop());
  return mecha;
}

const tracing = (spec: string): string =>
  `kind: Configuration\nmetadata: { name: c }\nspec:\n  tracing: { samplingRate: "1", ${spec} }\n`;

/** Whether a span of this name in the caller's trace has come. OTLP has ids as bytes and names as text. */
function hasSpan({ received }: Collector, name: string): boolean {
  return received.some(({ body }) => body.includes(name) && body.includes(Buffer.from(traceId, "hex")));
}

test("spans go to all exporters of the Configuration, in OTLP over HTTP and gRPC, in Zipkin's form and to the log", async () => {
  const [overHttp, zipkin] = [await httpCollector(), await httpCollector()];
  const mecha = await start(
    [],
    tracing(
      `stdout: true, zipkin: { endpointAddress: "http://${zipkin.address}/api/v2/spans" },
       otel: { endpointAddress: "${overHttp.address}", isSecure: false, protocol: http, headers: ["x-key=secret"] }`,
    ),
  );
  await fetch(`${await mecha.httpAddress()}/v1.0/state/store/1`, { headers });

  await expect.poll(() => hasSpan(overHttp, "/v1.0/state/store/1"), patience).toBe(true);
  expect(overHttp.received[0]).toMatchObject({
    path: "/v1/traces",
    headers: { "x-key": "secret", "content-type": "application/x-protobuf" },
  });
  expect(overHttp.received[0]?.body.includes("orders")).toBe(true);
  await expect.poll(() => zipkin.received.length, patience).toBeGreaterThan(0);
  const [span] = JSON.parse(zipkin.received[0]?.body.toString("utf8") ?? "[]") as unknown[];
  expect(span).toMatchObject({
    traceId,
    parentId: "b7ad6b7169203331",
    name: "/v1.0/state/store/1",
    kind: "CLIENT",
    localEndpoint: { serviceName: "orders" },
    tags: { "dapr.protocol": "http", "db.name": "store" },
  });
  await mecha.said(new RegExp(`\\[/v1.0/state/store/1\\] Trace: ${traceId} Span: b7ad6b7169203331/`, "u"));
});

test("what is not yet sent goes out at the end, and metrics are served where the flag says, with a log in JSON", async () => {
  const overGrpc = await grpcCollector();
  const mecha = await start(
    ["--metrics-port", "-1", "--log-as-json"],
    tracing(`otel: { endpointAddress: "${overGrpc.address}", isSecure: false, protocol: grpc }`),
  );
  const http = await mecha.httpAddress();
  await fetch(`${http}/v1.0/state/store/2`, { headers });
  const [, metrics = ""] = /metrics on (http:[^"]+)/u.exec(await mecha.said("metrics on ")) ?? [];
  expect(await (await fetch(metrics)).text()).toMatch(
    /dapr_component_state_count\{app_id="orders",component="store",namespace="",operation="get",success="true"\} 1/u,
  );
  const line = JSON.parse(await mecha.said("HTTP API on ")) as Readonly<Record<string, unknown>>;
  expect(line).toMatchObject({ app_id: "orders", level: "info", scope: "mecha.run", type: "log" });

  await mecha.stop();
  expect(hasSpan(overGrpc, "/v1.0/state/store/2")).toBe(true);
});
