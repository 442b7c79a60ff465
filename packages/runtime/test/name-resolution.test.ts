import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { describeWith } from "@mecha/engines/vitest";
import { createGrpcServer, createGrpcTransport } from "@mecha/sdk-core/grpc";
import { daprMethods, type Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { serveGrpc } from "../src/doors/grpc/serve-grpc.js";
import { serveHttp } from "../src/doors/http/serve-http.js";
import { createRuntime, type Runtime, type RuntimeOptions } from "../src/runtime.js";
import { appClient } from "./app-client.js";
import { bytesMethod } from "./bytes-method.js";
import { startDnsServer } from "./dns-server.js";
import { resourceFolder } from "./runtime-fixture.js";

beforeEach(() => {
  vi.stubEnv("DAPR_API_TOKEN", "of-my-own-api");
  vi.stubEnv("MECHA_PEER_TOKEN", "of-all-peers");
});
afterEach(() => vi.unstubAllEnvs());

/** A runtime in a folder of its own: no other process of this machine meets it there. */
async function openRuntime(
  appId: string,
  spec: object | undefined,
  options: Partial<RuntimeOptions> = {},
): Promise<Runtime> {
  const document = { apiVersion: "dapr.io/v1alpha1", kind: "Configuration", metadata: { name: "names" }, spec };
  const folder = await resourceFolder({ "names.yaml": JSON.stringify(document) });
  const runtime = await createRuntime({
    appId,
    resourcesPaths: [],
    baseFolder: folder,
    drainTimeoutMs: 1_000,
    ...(spec !== undefined && { configFile: join(folder, "names.yaml") }),
    ...options,
  });
  onTestFinished(() => runtime.close());
  return runtime;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Callee {
  readonly port: number;
  readonly runtime: Runtime;
  /** The metadata of each call. */
  readonly seen: Metadata[];
}

/** An app whose runtime takes calls of peers on a port. */
async function openCallee(appId: string, spec?: object, options: Partial<RuntimeOptions> = {}): Promise<Callee> {
  const port = await freePort();
  const seen: Metadata[] = [];
  const runtime = await openRuntime(appId, spec, { peers: { port }, ...options });
  await runtime.attachApp({
    invoke: async ({ method, data }, context) => {
      seen.push(context.metadata);
      context.setHeader("x-answered", "yes");
      if (method === "fail") throw new MechaError("FAILED_PRECONDITION", "out of stock");
      const said = `${appId}@${String(port)} ${method} ${data?.value.toString() ?? ""}`;
      return { contentType: "text/plain", data: { typeUrl: "", value: Buffer.from(said) } };
    },
  });
  return { port, runtime, seen };
}

async function invoke({ transport }: Runtime, id: string, method = "who", metadata: Metadata = {}): Promise<string> {
  const message = { method, contentType: "", data: { typeUrl: "", value: Buffer.from("hi") } };
  const response = await transport.unary(daprMethods.invokeService, { id, message }, { metadata });
  return response.data?.value.toString() ?? "";
}

const named = (component: string, configuration: object) => ({ nameResolution: { component, configuration } });

it("a list in the Configuration leads to the runtimes of other folders, in turn, and past those that are gone", async () => {
  const [one, two] = await Promise.all([openCallee("stock"), openCallee("stock")]);
  const apps = { stock: [one, two].map(({ port }) => `127.0.0.1:${String(port)}`) };
  const shop = await openRuntime("shop", named("static", { apps }));
  const answers = new Set([await invoke(shop, "stock"), await invoke(shop, "stock")]);
  expect(answers).toEqual(new Set([one, two].map(({ port }) => `stock@${String(port)} who hi`)));
  await two.runtime.close();
  for (let call = 0; call < 3; call++) expect(await invoke(shop, "stock")).toBe(`stock@${String(one.port)} who hi`);
  await one.runtime.close();
  await expect(invoke(shop, "stock")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining(`127.0.0.1:${String(one.port)}`) as string,
  });
});

it("peers hear who calls, and get no token but their own", async () => {
  const { port, seen } = await openCallee("stock");
  const shop = await openRuntime("shop", named("static", { apps: { stock: `127.0.0.1:${String(port)}` } }));
  await invoke(shop, "stock", "who", { "dapr-api-token": "of-a-caller", "x-asked": "so" });
  expect(seen[0]).toMatchObject({ "x-asked": "so", "dapr-caller-app-id": "shop", "dapr-callee-app-id": "stock" });
  expect(JSON.stringify(seen)).not.toMatch(/of-my-own-api|of-a-caller|of-all-peers/u);
  await expect(invoke(shop, "stock", "fail")).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: "out of stock",
  });

  const { address } = await serveHttp(shop, { port: 0 });
  const answer = await fetch(`${address}/v1.0/invoke/stock/method/a/b?c=d`, { method: "POST", body: "body" });
  expect([answer.status, await answer.text(), answer.headers.get("x-answered")]).toEqual([
    200,
    `stock@${String(port)} a/b body`,
    "yes",
  ]);

  vi.stubEnv("MECHA_PEER_TOKEN", "a wrong one");
  const stranger = await openRuntime("shop", named("static", { apps: { stock: `127.0.0.1:${String(port)}` } }));
  await expect(invoke(stranger, "stock")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

it("a door for peers serves its own app and nothing else of its runtime", async () => {
  const { port } = await openCallee("stock");
  const transport = createGrpcTransport({ address: `127.0.0.1:${String(port)}`, apiToken: "" });
  onTestFinished(() => transport.close());
  const metadata = { "mecha-peer-token": "of-all-peers" };
  const message = { method: "who", contentType: "" };
  await expect(transport.unary(daprMethods.getMetadata, {}, { metadata })).rejects.toMatchObject({
    code: "UNIMPLEMENTED",
  });
  await expect(
    transport.unary(daprMethods.invokeService, { id: "other", message }, { metadata }),
  ).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(openRuntime("stock", undefined, { peers: { port: 0, host: "0.0.0.0", token: "" } })).rejects.toThrow(
    "MECHA_PEER_TOKEN",
  );
});

it("access control holds for peers, whatever they call", async () => {
  const policy = {
    ...{ appId: "shop", namespace: "default", trustDomain: "public", defaultAction: "deny" },
    operations: [
      { name: "/who", httpVerb: ["*"], action: "allow" },
      { name: "/test.Echo/Say", action: "allow" },
    ],
  };
  const app = await echoApp();
  const spec = { accessControl: { defaultAction: "deny", policies: [policy] } };
  const { port } = await openCallee("stock", spec, { appGrpcPort: app.port, appApiToken: "of-the-app" });
  const apps = { stock: `127.0.0.1:${String(port)}` };
  const [shop, thief] = await Promise.all(
    ["shop", "thief"].map((appId) => openRuntime(appId, named("static", { apps }))),
  );
  if (shop === undefined || thief === undefined) throw new Error("two were opened");
  expect(await invoke(shop, "stock", "who")).toContain("stock@");
  await expect(invoke(thief, "stock", "who")).rejects.toThrow("access control policy has denied access");
  const say = async (runtime: Runtime, path: string): Promise<unknown> => {
    const { address } = await serveGrpc(runtime, { port: 0 }, { apiToken: "door" });
    const transport = createGrpcTransport({ address, apiToken: "door" });
    onTestFinished(() => transport.close());
    return transport.unary(bytesMethod(path), Buffer.from("hi"), {
      metadata: { "dapr-app-id": "stock", "dapr-caller-app-id": "shop" },
    });
  };
  expect(String(await say(shop, "/test.Echo/Say"))).toBe("hi");
  expect(app.seen[0]).toMatchObject({ "dapr-api-token": "of-the-app", "dapr-caller-app-id": "shop" });
  expect(JSON.stringify(app.seen)).not.toMatch(/of-my-own-api|of-all-peers|"door"/u);
  await expect(say(shop, "/test.Echo/Shout")).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  await expect(say(thief, "/test.Echo/Say")).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  // Clients of the embedded runtime say neither who they are nor the token; their runtime does.
  const sayRaw = async (runtime: Runtime): Promise<unknown> =>
    (await appClient(runtime, "stock")).unary(bytesMethod("/test.Echo/Say"), Buffer.from("hi"));
  expect(String(await sayRaw(shop))).toBe("hi");
  await expect(sayRaw(thief)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
});

it("the app of this machine gets its token with proxied calls too", async () => {
  const app = await echoApp();
  const runtime = await openRuntime("stock", undefined, { appGrpcPort: app.port, appApiToken: "of-the-app" });
  const { address } = await serveGrpc(runtime, { port: 0 }, { apiToken: "door" });
  const transport = createGrpcTransport({ address, apiToken: "door" });
  onTestFinished(() => transport.close());
  const metadata = { "dapr-app-id": "stock" };
  expect(String(await transport.unary(bytesMethod("/test.Echo/Say"), Buffer.from("hi"), { metadata }))).toBe("hi");
  expect(app.seen[0]).toMatchObject({ "dapr-api-token": "of-the-app" });
});

/** An app with a gRPC server of its own, and what it saw. */
async function echoApp(): Promise<{ readonly port: number; readonly seen: Metadata[] }> {
  const seen: Metadata[] = [];
  const handle = async (request: unknown, { metadata }: { readonly metadata: Metadata }): Promise<unknown> => {
    seen.push(metadata);
    return request;
  };
  const paths = ["/test.Echo/Say", "/test.Echo/Shout"];
  const server = createGrpcServer(new Map(paths.map((path) => [path, { method: bytesMethod(path), handle }])));
  const listening = await server.listen({ port: 0 });
  onTestFinished(() => server.close({ graceMs: 100 }));
  if (!("port" in listening)) throw new Error("a port was asked for");
  return { port: listening.port, seen };
}

it("DNS leads to the runtimes: addresses of a host with a port, or services with ports of their own", async () => {
  const { port } = await openCallee("stock");
  const servers = await startDnsServer({
    addresses: { "stock.internal": ["127.0.0.1"], "one.internal": ["127.0.0.1"] },
    services: { "_dapr._tcp.stock.internal": [{ port, target: "one.internal" }] },
  });
  for (const format of [`{appid}.internal:${String(port)}`, "_dapr._tcp.{appid}.internal"]) {
    const shop = await openRuntime("shop", named("dns", { format, servers }));
    expect(await invoke(shop, "stock")).toBe(`stock@${String(port)} who hi`);
    await expect(invoke(shop, "nobody")).rejects.toThrow("couldn't find service: nobody");
  }
  const localhost = { template: `{{.ID}}.localhost:${String(port)}` };
  const byFormat = await openRuntime("shop", named("nameformat", { format: `localhost:${String(port)}#{appid}` }));
  await expect(invoke(byFormat, "stock")).rejects.toThrow("couldn't find service: stock");
  await expect(openRuntime("shop", named("kubernetes", { template: "{{.Other}}" }))).rejects.toThrow("{{.ID}}");
  expect(await openRuntime("shop", named("kubernetes", localhost))).toBeDefined();
});

it.each([
  [
    "a component that nobody knows",
    named("telepathy", {}),
    /"telepathy".* dns, kubernetes, nacos, nameformat, static/u,
  ],
  ["a list that is none", named("static", {}), /nameResolution\.configuration\.apps/u],
  ["an address without a port", named("static", { apps: { stock: "10.0.0.1" } }), /apps\.stock .*host:port/u],
  ["a format without the app", named("dns", { format: "x:1" }), /\{appid\}/u],
  ["a Nacos without an address", named("nacos", {}), /serverAddr/u],
])("a Configuration with %s is refused", async (_, spec, problem) => {
  const opened = openRuntime("shop", spec);
  await expect(opened).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  await expect(opened).rejects.toThrow(problem);
});

describeWith("nacos", "Nacos", (on) => {
  it("leads to the runtimes that have registered there, as long as they live", async () => {
    const app = `stock-${randomUUID().slice(0, 8)}`;
    const names = named("nacos", { serverAddr: on.nacos.address, group: "mecha-names" });
    const stock = await openCallee(app, names);
    const shop = await openRuntime("shop", names);
    // Nacos answers a query of a new service a moment later.
    await vi.waitFor(async () => expect(await invoke(shop, app)).toBe(`${app}@${String(stock.port)} who hi`), 20_000);
    await stock.runtime.close();
    await vi.waitFor(
      () => expect(invoke(shop, app)).rejects.toThrow(/couldn't find service|cannot be reached/u),
      20_000,
    );
  });
});
