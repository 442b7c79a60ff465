import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { componentYaml } from "@mecha/conformance";
import { startDaprd } from "@mecha/engines";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { common, daprMethods, type Transport } from "@mecha/sdk-core/protocol";
import type { ComponentDefinition, ConfigurationStore } from "@mecha/spec";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it, onTestFinished } from "vitest";
import { serveGrpc } from "../src/doors/grpc/serve-grpc.js";
import { serveHttp } from "../src/doors/http/serve-http.js";
import { resiliencyYaml } from "./resiliency-fixture.js";
import { resourceFolder, testRuntime } from "./runtime-fixture.js";

const spec = {
  policies: {
    timeouts: { short: "400ms" },
    retries: { servers: { duration: "10ms", maxRetries: 2, matching: { httpStatusCodes: "500-599" } } },
    circuitBreakers: { simple: { timeout: "60s", trip: "consecutiveFailures >= 6" } },
  },
  // The timeout is for another one, so that no call of the app can be too slow by chance.
  targets: {
    apps: { shop: { retry: "servers", circuitBreaker: "simple" }, bank: { timeout: "short", retry: "servers" } },
  },
};

const filesFor = (port: number): Readonly<Record<string, string>> => ({
  "r.yaml": resiliencyYaml(spec),
  "bank.yaml": JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "HTTPEndpoint",
    metadata: { name: "bank" },
    spec: { baseUrl: `http://127.0.0.1:${String(port)}` },
  }),
});

/** An app over HTTP, and how often each of its paths was called. */
async function startApp(): Promise<{ readonly port: number; readonly calls: Map<string, number> }> {
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const count = (calls.get(path) ?? 0) + 1;
    calls.set(path, count);
    let body = "";
    request.on("data", (piece) => (body += String(piece)));
    request.on("end", () => {
      if (path === "/slow") return;
      const status =
        path.startsWith("/missing") || path.startsWith("/dapr") ? 404 : path === "/unstable" && count > 2 ? 200 : 503;
      response.writeHead(status, { "x-count": String(count) }).end(`${body} ${String(count)}`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, calls };
}

interface Target {
  readonly httpAddress: string;
  readonly grpc: Transport;
  readonly calls: ReadonlyMap<string, number>;
}

async function embedded(): Promise<Target> {
  const { port, calls } = await startApp();
  const runtime = await testRuntime(filesFor(port), { appId: "shop" });
  onTestFinished(await runtime.connectApp({ port, protocol: "http" }, new AbortController().signal));
  const { address } = await serveHttp(runtime, { port: 0 });
  const door = await serveGrpc(runtime, { port: 0 });
  return { httpAddress: address, grpc: clientOf(door.address), calls };
}

function clientOf(address: string): Transport {
  const transport = createGrpcTransport({ address });
  onTestFinished(() => transport.close());
  return transport;
}

/** What one policy has apps called, and their callers told, on any runtime. */
async function check({ httpAddress, grpc, calls }: Target): Promise<void> {
  const ask = async (path: string, init: RequestInit = {}, id = "shop") => {
    const response = await fetch(`${httpAddress}/v1.0/invoke/${id}/method/${path}`, { method: "POST", ...init });
    return [response.status, response.headers.get("x-count"), await response.text(), calls.get(`/${path}`)];
  };
  expect(await ask("unstable", { body: "hello" })).toEqual([200, "3", "hello 3", 3]);
  expect(await ask("down", { body: "hello" })).toEqual([503, "3", "hello 3", 3]);
  expect(await ask("missing")).toEqual([404, "1", " 1", 1]);
  // Nobody has kept a body that came in pieces.
  const pieces = new Blob(["in pieces"]).stream();
  expect(await ask("streamed", { body: pieces, duplex: "half" })).toEqual([503, "1", "in pieces 1", 1]);

  const refusal = (id: string, reason: string) => ({
    errorCode: "ERR_DIRECT_INVOKE",
    message: `failed to invoke, id: ${id}, err: ${reason}`,
  });
  const [slow, , told, times] = await ask("slow", {}, "bank");
  expect([slow, JSON.parse(String(told)), times]).toEqual([500, refusal("bank", "context deadline exceeded"), 3]);
  await ask("broken");
  await ask("broken");
  const [open, , why, made] = await ask("broken");
  expect([open, JSON.parse(String(why)), made]).toEqual([500, refusal("shop", "circuit breaker is open"), 6]);

  const httpExtension = { verb: common.HTTPExtension_Verb.POST, querystring: "" };
  const invoke = (method: string, id = "shop") =>
    grpc.unary(daprMethods.invokeService, { id, message: { method, contentType: "", httpExtension } });
  // InvokeService asks nobody whether a status matches.
  await expect(invoke("missing-too")).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(calls.get("/missing-too")).toBe(3);
  await expect(invoke("broken")).rejects.toMatchObject({ code: "UNKNOWN", message: "circuit breaker is open" });
  await expect(invoke("slow", "bank")).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
    message: "context deadline exceeded",
  });
}

it("an app over HTTP is called as often as its policy says", { timeout: 60_000 }, async () => {
  await check(await embedded());
});

it("an app is told of a change of configuration until it takes it, as the policy of the store says", {
  timeout: 60_000,
}, async () => {
  const { port, calls } = await startApp();
  let change: Parameters<ConfigurationStore["subscribe"]>[1] = () => undefined;
  const settings: ComponentDefinition<"configuration", ConfigurationStore> = {
    type: "configuration.told",
    create: () =>
      Promise.resolve({
        backend: "test",
        get: () => Promise.resolve(new Map()),
        subscribe(_keys, onChange) {
          change = onChange;
          return Promise.resolve({ close: () => Promise.resolve() });
        },
      }),
  };
  const runtime = await testRuntime(
    {
      "settings.yaml": componentYaml("settings", "configuration.told"),
      "r.yaml": resiliencyYaml({
        // What the app answers is asked of no "matching" here, as in daprd.
        policies: { retries: { twice: { duration: "10ms", maxRetries: 2, matching: { httpStatusCodes: "400" } } } },
        targets: { components: { settings: { inbound: { retry: "twice" } } } },
      }),
    },
    { appId: "shop", components: [settings] },
  );
  onTestFinished(await runtime.connectApp({ port, protocol: "http" }, new AbortController().signal));
  const { address } = await serveHttp(runtime, { port: 0 });
  await (await fetch(`${address}/v1.0/configuration/settings/subscribe?key=color`)).text();
  await change(new Map([["color", { value: "red", version: "1", metadata: {} }]]));
  await change(new Map([["size", { value: "2", version: "1", metadata: {} }]]));
  const told = (key: string): number | undefined => calls.get(`/configuration/settings/${key}`);
  await expect.poll(() => told("size"), { timeout: 25_000 }).toBe(3);
  expect(told("color")).toBe(3);
});

describeWith("daprd", "daprd", () => {
  it("calls an app as often", async () => {
    const { port, calls } = await startApp();
    const folder = await resourceFolder(filesFor(port));
    await using daprd = await startDaprd({ appId: "shop", appPort: port, resourcesFolders: [folder] });
    await check({ httpAddress: daprd.httpAddress, grpc: clientOf(daprd.grpcAddress), calls });
  });
});
