import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { createMecha, type Mecha } from "@mecha/sdk-core";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import type { Transport } from "@mecha/sdk-core/protocol";
import { generate } from "selfsigned";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { serveGrpc } from "../src/doors/grpc/serve-grpc.js";
import { serveHttp } from "../src/doors/http/serve-http.js";
import { createRuntime } from "../src/runtime.js";
import { resourceFolder } from "./runtime-fixture.js";

interface Pair {
  readonly cert: string;
  readonly private: string;
}

let serverPair: Pair;
let clientPair: Pair;

beforeAll(async () => {
  const make = (name: string, extensions: Parameters<typeof generate>[1] = {}) =>
    generate([{ name: "commonName", value: name }], { keySize: 2048, algorithm: "sha256", ...extensions });
  const altNames = [{ type: 7 as const, ip: "127.0.0.1" }];
  serverPair = await make("bank", { extensions: [{ name: "subjectAltName", altNames }] });
  clientPair = await make("client");
});

/** What a server outside saw, as JSON. */
const mirror: RequestListener = (request, response) => {
  void bodyOf(request).then((body) => {
    if (request.url?.endsWith("/missing") === true) response.writeHead(404, { "x-why": "gone" }).end("no such account");
    else
      response
        .writeHead(201, { "content-type": "application/json", "x-answered": "yes" })
        .end(JSON.stringify({ verb: request.method, url: request.url, headers: request.headers, body }));
  });
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const piece of request) body += String(piece);
  return body;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A folder with a plain server under the name `bank`, and one with mutual TLS under the name `vault`. */
async function writeFolder() {
  const plain = await listen(createHttp(mirror));
  const tls = { key: serverPair.private, cert: serverPair.cert, ca: clientPair.cert, requestCert: true };
  const secure = await listen(createHttps(tls, mirror));
  const folder = await resourceFolder({
    "secrets.json": JSON.stringify({
      key: "s3cret",
      ca: serverPair.cert,
      certificate: clientPair.cert,
      privateKey: clientPair.private,
    }),
  });
  const resources = join(folder, "resources");
  await mkdir(resources);
  const endpoint = (name: string, spec: object) =>
    // JSON is YAML.
    JSON.stringify({
      apiVersion: "dapr.io/v1alpha1",
      kind: "HTTPEndpoint",
      metadata: { name },
      spec,
      auth: { secretStore: "secrets" },
    });
  const secret = (key: string) => ({ secretKeyRef: { name: key, key } });
  const files = {
    "secrets.yaml": componentYaml("secrets", "secretstores.local.file", { secretsFile: join(folder, "secrets.json") }),
    "bank.yaml": endpoint("bank", {
      baseUrl: `http://127.0.0.1:${String(plain)}/api`,
      headers: [
        { name: "X-Key", ...secret("key") },
        { name: "X-Plain", value: "so" },
      ],
    }),
    "vault.yaml": endpoint("vault", {
      baseUrl: `https://127.0.0.1:${String(secure)}`,
      clientTLS: { rootCA: secret("ca"), certificate: secret("certificate"), privateKey: secret("privateKey") },
    }),
    "distrusted.yaml": endpoint("distrusted", { baseUrl: `https://127.0.0.1:${String(secure)}` }),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(resources, name), text);
  return { folder, resources, plain };
}

interface Target {
  readonly httpAddress: string;
  readonly mecha: Mecha;
  readonly plain: number;
}

const apiToken = "of-the-runtime";
const caller = { "dapr-api-token": apiToken };

async function embedded(): Promise<Target> {
  const { folder, resources, plain } = await writeFolder();
  const runtime = await createRuntime({ appId: "orders", resourcesPaths: [resources], baseFolder: folder });
  onTestFinished(() => runtime.close());
  const http = await serveHttp(runtime, { port: 0 }, { apiToken });
  const grpc = await serveGrpc(runtime, { port: 0 }, { apiToken });
  return {
    httpAddress: http.address,
    mecha: mechaOver(createGrpcTransport({ address: grpc.address, apiToken })),
    plain,
  };
}

function mechaOver(transport: Transport): Mecha {
  onTestFinished(() => transport.close());
  return createMecha({ transport, mode: "sidecar", close: () => Promise.resolve() }, "orders");
}

interface Seen {
  readonly verb: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What holds of servers outside, on any runtime. */
async function check({ httpAddress, mecha, plain }: Target): Promise<void> {
  const named = await fetch(`${httpAddress}/v1.0/invoke/bank/method/accounts/1?full=yes`, {
    method: "PUT",
    body: "hello",
    headers: { ...caller, "x-asked": "1", "x-key": "of-the-caller" },
  });
  expect([named.status, named.headers.get("x-answered")]).toEqual([201, "yes"]);
  const seen = (await named.json()) as Seen;
  expect(seen).toMatchObject({ verb: "PUT", url: "/api/accounts/1?full=yes", body: "hello" });
  expect(seen.headers).toMatchObject({ "x-key": "s3cret", "x-plain": "so", "x-asked": "1" });
  expect(seen.headers).not.toHaveProperty("dapr-api-token");

  const refused = await fetch(`${httpAddress}/v1.0/invoke/bank/method/missing`, { headers: caller });
  expect([refused.status, refused.headers.get("x-why"), await refused.text()]).toEqual([
    404,
    "gone",
    "no such account",
  ]);

  const byAddress = await fetch(`${httpAddress}/v1.0/invoke/http://127.0.0.1:${String(plain)}/method/x`, {
    headers: caller,
  });
  expect((await byAddress.json()) as Seen).toMatchObject({ url: "/x" });

  const secure = await fetch(`${httpAddress}/v1.0/invoke/vault/method/x`, { method: "POST", headers: caller });
  expect(secure.status).toBe(201);
  const distrusted = await fetch(`${httpAddress}/v1.0/invoke/distrusted/method/x`, { headers: caller });
  expect([distrusted.status, await distrusted.json()]).toMatchObject([
    500,
    {
      errorCode: "ERR_DIRECT_INVOKE",
      message: expect.stringMatching(/^failed to invoke, id: distrusted, err: /u) as string,
    },
  ]);

  const reply = await mecha.app("bank").invoke<Seen>("accounts/2", { paid: true });
  expect(reply).toMatchObject({ verb: "POST", url: "/api/accounts/2", body: '{"paid":true}' });
  expect(reply.headers).toMatchObject({ "x-key": "s3cret" });
  expect(reply.headers).not.toHaveProperty("dapr-api-token");
  await expect(mecha.app("bank").invoke("missing", {})).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(mecha.app("distrusted").invoke("x", {})).rejects.toMatchObject({ code: "INTERNAL" });
  const { httpEndpoints } = await mecha.metadata();
  expect([...httpEndpoints].sort()).toEqual(["bank", "distrusted", "vault"]);
}

describe("servers outside", () => {
  it("are called by the name of an HTTPEndpoint or by address, with its headers and certificates", async () => {
    await check(await embedded());
  });

  it.each([
    ["no address", { headers: [] }, /spec\.baseUrl/u],
    ["an address of another kind", { baseUrl: "ftp://bank" }, /"spec\.baseUrl" is "ftp:\/\/bank"/u],
    ["a secret of no store", { baseUrl: "http://b", headers: [{ name: "a", secretKeyRef: { name: "x" } }] }, /auth/u],
    ["half a certificate", { baseUrl: "http://b", clientTLS: { privateKey: { value: "x" } } }, /"certificate"/u],
  ])("are refused with file and line if they have %s", async (_, spec, problem) => {
    const document = { apiVersion: "dapr.io/v1alpha1", kind: "HTTPEndpoint", metadata: { name: "bank" }, spec };
    const folder = await resourceFolder({ "bank.yaml": JSON.stringify(document) });
    const created = createRuntime({ appId: "orders", resourcesPaths: [folder], baseFolder: folder });
    await expect(created).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
    await expect(created).rejects.toThrow(problem);
    await expect(created).rejects.toThrow("bank.yaml:1");
  });
});

describeWith("daprd", "daprd", () => {
  it("calls servers outside alike", async () => {
    const { resources, plain } = await writeFolder();
    await using daprd = await startDaprd({ appId: "orders", resourcesFolders: [resources], apiToken });
    const mecha = mechaOver(createGrpcTransport({ address: daprd.grpcAddress, apiToken }));
    await check({ httpAddress: daprd.httpAddress, mecha, plain });
  });
});
