import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { createMecha, type Mecha } from "@mecha/sdk-core";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import type { Transport } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { expect, it, onTestFinished } from "vitest";
import { serveGrpc } from "../src/doors/grpc/serve-grpc.js";
import { serveHttp } from "../src/doors/http/serve-http.js";
import { createRuntime } from "../src/runtime.js";
import { resourceFolder } from "./runtime-fixture.js";

/** A folder with a Configuration; JSON is YAML. */
async function configured(spec: object): Promise<{ readonly folder: string; readonly configFile: string }> {
  const document = { apiVersion: "dapr.io/v1alpha1", kind: "Configuration", metadata: { name: "access" }, spec };
  const folder = await resourceFolder({ "config.json.yaml": JSON.stringify(document) });
  return { folder, configFile: join(folder, "config.json.yaml") };
}

function mechaOver(transport: Transport): Mecha {
  return createMecha({ transport, mode: "sidecar", close: () => Promise.resolve() }, "test");
}

const accessControl = {
  defaultAction: "deny",
  trustDomain: "public",
  policies: [
    {
      appId: "shop",
      namespace: "default",
      trustDomain: "public",
      defaultAction: "deny",
      operations: [{ name: "/balance", httpVerb: ["GET"], action: "allow" }],
    },
  ],
};

it("an app is called by those whom its Configuration lets in, and others hear why not", async () => {
  const { folder, configFile } = await configured({ accessControl });
  const open = async (appId: string, file?: string) => {
    const options = { appId, resourcesPaths: [], baseFolder: folder, ...(file !== undefined && { configFile: file }) };
    const runtime = await createRuntime(options);
    onTestFinished(() => runtime.close());
    return runtime;
  };
  const [bank, shop, thief] = await Promise.all([open("bank", configFile), open("shop"), open("thief")]);
  const invoke = async () => ({ contentType: "text/plain", data: { typeUrl: "", value: Buffer.from("42") } });
  await bank.attachApp({ invoke });
  const { address } = await serveHttp(shop, { port: 0 });
  const balance = await fetch(`${address}/v1.0/invoke/bank/method/balance`);
  expect([balance.status, await balance.text()]).toEqual([200, "42"]);
  const refused = await fetch(`${address}/v1.0/invoke/bank/method/drain`, { method: "POST" });
  expect([refused.status, await refused.json()]).toEqual([
    403,
    {
      errorCode: "ERR_DIRECT_INVOKE",
      message:
        "failed to invoke, id: bank, err: rpc error: code = PermissionDenied desc = access control policy has denied access to id: spiffe://public/ns/default/shop operation: drain verb: POST",
    },
  ]);
  await expect(mechaOver(thief.transport).app("bank").invoke("balance")).rejects.toMatchObject({
    code: "INTERNAL",
    message: expect.stringContaining("PermissionDenied") as string,
  });
  // The runtime that calls says who it is; a header of its app does not.
  const forged = await fetch((await serveHttp(thief, { port: 0 })).address + "/v1.0/invoke/bank/method/balance", {
    headers: { "dapr-caller-app-id": "shop" },
  });
  expect(forged.status).toBe(403);
  // It is the app of this runtime that is asked here.
  expect((await fetch(`${(await serveHttp(bank, { port: 0 })).address}/v1.0/invoke/bank/method/any`)).status).toBe(200);
});

const rules = {
  closed: {
    denied: [
      { name: "state", version: "v1", protocol: "http" },
      { name: "secrets", version: "v1", protocol: "grpc" },
    ],
  },
  open: {
    allowed: [
      { name: "state", version: "v1.0", protocol: "http" },
      { name: "state", version: "v1", protocol: "grpc" },
    ],
  },
};

interface Doors {
  readonly http: string;
  readonly grpc: string;
}

/** What callers see of parts of the API: statuses over HTTP and what the bodies say, codes over gRPC. */
async function seenThrough({ http, grpc }: Doors): Promise<unknown> {
  const asked: unknown[] = [];
  for (const path of [
    "v1.0/state/store/a",
    "v1.0/secrets/none/a",
    "v1.0/invoke/nobody/method/x",
    "v1.0/healthz/outbound",
  ]) {
    const answer = await fetch(`${http}/${path}`);
    const body = await answer.text();
    asked.push([
      path,
      answer.status,
      body.startsWith("{") ? (JSON.parse(body) as { errorCode: string }).errorCode : body,
    ]);
  }
  const transport = createGrpcTransport({ address: grpc });
  const mecha = mechaOver(transport);
  const calls: readonly (() => Promise<unknown>)[] = [
    () => mecha.state("store").get("a"),
    () => mecha.secrets("none").get("a"),
    () => mecha.metadata(),
  ];
  for (const call of calls) {
    asked.push(
      await call().then(
        () => "fine",
        (error: unknown) => {
          const { code, message, reason, metadata } = MechaError.from(error);
          return code === "UNIMPLEMENTED" ? { code, message, reason, metadata } : code;
        },
      ),
    );
  }
  await transport.close();
  return asked;
}

const notAvailable = {
  code: "UNIMPLEMENTED",
  message: "Not Implemented",
  reason: "Not Implemented",
  metadata: { "http.code": "501", "http.error_message": "requested endpoint is not available" },
};

const expected = {
  closed: [
    ["v1.0/state/store/a", 404, "ERR_DIRECT_INVOKE"],
    ["v1.0/secrets/none/a", 500, "ERR_SECRET_STORES_NOT_CONFIGURED"],
    ["v1.0/invoke/nobody/method/x", 500, "ERR_DIRECT_INVOKE"],
    ["v1.0/healthz/outbound", 204, ""],
    "fine",
    notAvailable,
    "fine",
  ],
  open: [
    ["v1.0/state/store/a", 204, ""],
    ["v1.0/secrets/none/a", 404, "404 page not found\n"],
    ["v1.0/invoke/nobody/method/x", 404, "404 page not found\n"],
    ["v1.0/healthz/outbound", 204, ""],
    "fine",
    notAvailable,
    notAvailable,
  ],
};

const store = { "store.yaml": componentYaml("store", "state.in-memory") };

it.each(["closed", "open"] as const)("the doors serve what the Configuration leaves: %s", async (which) => {
  const { configFile } = await configured({ api: rules[which] });
  const folder = await resourceFolder(store);
  const runtime = await createRuntime({ appId: "test", resourcesPaths: [folder], baseFolder: folder, configFile });
  onTestFinished(() => runtime.close());
  const [http, grpc] = await Promise.all([serveHttp(runtime, { port: 0 }), serveGrpc(runtime, { port: 0 })]);
  expect(await seenThrough({ http: http.address, grpc: grpc.address })).toEqual(expected[which]);
});

describeWith("daprd", "daprd", () => {
  it.each(["closed", "open"] as const)("serves the same: %s", async (which) => {
    const { configFile } = await configured({ api: rules[which] });
    const folder = await resourceFolder(store);
    await using daprd = await startDaprd({ appId: "test", resourcesFolders: [folder], configFile });
    expect(await seenThrough({ http: daprd.httpAddress, grpc: daprd.grpcAddress })).toEqual(expected[which]);
  });
});

it.each([
  ["a policy without namespace", { accessControl: { policies: [{ appId: "a", trustDomain: "public" }] } }, "namespace"],
  ["an action that is none", { accessControl: { defaultAction: "maybe" } }, "defaultAction"],
  ["an API rule without name", { api: { allowed: [{ version: "v1" }] } }, "spec.api.allowed.0.name"],
])("a Configuration with %s is refused with file and line", async (_, spec, problem) => {
  const { folder, configFile } = await configured(spec);
  const created = createRuntime({ appId: "test", resourcesPaths: [], baseFolder: folder, configFile });
  await expect(created).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  await expect(created).rejects.toThrow(problem);
});
