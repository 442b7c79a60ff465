import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { request as startRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { expect, onTestFinished, test } from "vitest";
import { serveHttp, type HttpDoorOptions } from "../src/doors/http/serve-http.js";
import { testRuntime } from "./runtime-fixture.js";

const files = { "store.yaml": componentYaml("store", "state.in-memory") };

async function openDoor(options: HttpDoorOptions = {}) {
  const runtime = await testRuntime(files);
  const door = await serveHttp(runtime, { port: 0 }, options);
  onTestFinished(() => door.close());
  return { runtime, address: door.address };
}

interface RawAnswer {
  readonly status: number | undefined;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** `fetch` does not let a test choose its Host and Origin. */
async function raw(address: string, options: RequestOptions, body?: string): Promise<RawAnswer> {
  const outgoing = startRequest(address, options);
  outgoing.end(body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  let said = "";
  for await (const piece of incoming) said += String(piece);
  return { status: incoming.statusCode, body: said, headers: incoming.headers };
}

test("a web page does not reach the door, neither by its origin nor by a name that it lets point here", async () => {
  const { address } = await openDoor();
  const ask = (headers: Readonly<Record<string, string>>) => raw(`${address}/v1.0/metadata`, { headers });
  expect((await ask({ origin: "http://evil.example" })).body).toContain("ERR_FORBIDDEN_ORIGIN");
  expect((await ask({ origin: "null" })).status).toBe(403);
  expect((await ask({ host: "evil.example" })).body).toContain("ERR_FORBIDDEN_HOST");
  expect((await ask({ host: "127.0.0.1.evil.example:3500" })).status).toBe(403);
  for (const host of ["localhost:3500", "127.0.0.1", "[::1]:3500", "LOCALHOST"])
    expect((await ask({ host })).status).toBe(200);
});

test("a picture or a link of a foreign page does not reach the door either, which name no origin", async () => {
  const { address } = await openDoor();
  const ask = (site: string) => raw(`${address}/v1.0/metadata`, { headers: { "sec-fetch-site": site } });
  expect((await ask("cross-site")).body).toContain("ERR_FORBIDDEN_ORIGIN");
  expect((await ask("same-site")).status).toBe(403);
  // Who types the address, and pages of the app that came through this door.
  for (const site of ["none", "same-origin"]) expect((await ask(site)).status).toBe(200);
});

test("a browser hands answers to the pages that are allowed, and asks ahead without a token", async () => {
  const origin = "http://app.local:8080";
  const { address } = await openDoor({ allowedOrigins: [origin], apiToken: "secret" });
  const asked = { "access-control-request-method": "POST", "access-control-request-headers": "content-type,x-a" };
  const ahead = await raw(`${address}/v1.0/state/store`, { method: "OPTIONS", headers: { origin, ...asked } });
  expect([ahead.status, ahead.headers]).toMatchObject([
    200,
    {
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type,x-a",
      vary: "Origin",
    },
  ]);
  const foreign = { origin: "http://evil.example", ...asked };
  expect((await raw(`${address}/v1.0/state/store`, { method: "OPTIONS", headers: foreign })).status).toBe(403);
  const call = (token: string) =>
    raw(`${address}/v1.0/metadata`, { headers: { origin, "dapr-api-token": token, "sec-fetch-site": "cross-site" } });
  expect((await call("wrong")).status).toBe(401);
  const answered = await call("secret");
  expect([answered.status, answered.headers["access-control-allow-origin"]]).toEqual([200, origin]);
});

test("names and origins that are allowed reach the door", async () => {
  const { address } = await openDoor({ allowedHosts: ["sidecar.local"], allowedOrigins: ["http://app.local:8080/"] });
  const ask = (headers: Readonly<Record<string, string>>) => raw(`${address}/v1.0/metadata`, { headers });
  expect((await ask({ host: "sidecar.local:3500" })).status).toBe(200);
  expect((await ask({ origin: "http://app.local:8080" })).status).toBe(200);
  expect((await ask({ origin: "http://app.local" })).status).toBe(403);
});

test("a body that is longer than the door takes is refused, and the connection closed", async () => {
  const { address } = await openDoor({ maxBodyBytes: 1_000 });
  const body = JSON.stringify([{ key: "a", value: "x".repeat(2_000) }]);
  const refused = await raw(`${address}/v1.0/state/store`, { method: "POST" }, body);
  expect([refused.status, refused.headers.connection]).toEqual([413, "close"]);
  expect((await raw(`${address}/v1.0/state/store/a`, {})).status).toBe(204);
});

test("a body that is nested too deeply is refused", async () => {
  const { address } = await openDoor();
  const body = `[{"key":"a","value":${"[".repeat(100_000)}${"]".repeat(100_000)}}]`;
  const refused = await raw(`${address}/v1.0/state/store`, { method: "POST" }, body);
  expect([refused.status, JSON.parse(refused.body)]).toMatchObject([400, { errorCode: "ERR_MALFORMED_REQUEST" }]);
});

test("paths that cannot be decoded, or that are nowhere, are told apart", async () => {
  const { address } = await openDoor();
  expect((await raw(`${address}/v1.0/state/store/%zz`, {})).status).toBe(400);
  expect((await raw(`${address}/v1.0/nowhere`, {})).status).toBe(404);
  expect((await raw(`${address}/v1.0/state/store`, { method: "TRACE" })).status).toBe(404);
});

test("names of the language's own objects are keys like others", async () => {
  const { address } = await openDoor();
  const path = `${address}/v1.0/state/store`;
  const body = `[{"key":"__proto__","value":{"__proto__":{"polluted":true}},"metadata":{"constructor":"x"}}]`;
  expect((await raw(`${path}?metadata.__proto__=y`, { method: "POST" }, body)).status).toBe(204);
  expect((await raw(`${path}/__proto__`, {})).body).toContain("polluted");
  expect(({} as { readonly polluted?: boolean }).polluted).toBeUndefined();
  expect((await raw(`${address}/v1.0/state/constructor/a`, {})).status).toBe(400);
});

test("an RPC that the runtime does not have answers as one that is not built into daprd", async () => {
  const { address } = await openDoor();
  const refused = await raw(`${address}/v1.0/workflows/dapr/some/start`, { method: "POST" });
  expect([refused.status, JSON.parse(refused.body)]).toEqual([
    501,
    { errorCode: "ERR_API_UNIMPLEMENTED", message: "this API is currently not implemented" },
  ]);
});

test("an app in this process is called with streams, and its errors have daprd's form", async () => {
  const { runtime, address } = await openDoor();
  await runtime.attachApp({
    invokeStreamed: async ({ method, verb, body }) => {
      if (method === "fail") throw new TypeError("broken on purpose");
      async function* shouted() {
        for await (const piece of body) yield Buffer.from(Buffer.from(piece).toString().toUpperCase());
      }
      return { status: 207, headers: { "x-verb": verb }, contentType: "text/plain", body: shouted() };
    },
  });
  const reply = await raw(`${address}/v1.0/invoke/test-app/method/shout`, { method: "POST" }, "hello");
  expect([reply.status, reply.headers["x-verb"], reply.body]).toEqual([207, "POST", "HELLO"]);
  const failed = await raw(`${address}/v1.0/invoke/test-app/method/fail`, {});
  expect([failed.status, JSON.parse(failed.body)]).toEqual([500, { code: 2, message: "broken on purpose" }]);
});

test("the door ends with its runtime, and takes no calls from then on", async () => {
  const { runtime, address } = await openDoor();
  await runtime.close();
  await expect(fetch(`${address}/v1.0/healthz`)).rejects.toThrow();
});

test("the door opens on a Unix socket as well", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mecha-http-door-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const socketPath = join(folder, "door.sock");
  const door = await serveHttp(await testRuntime(files), { path: socketPath });
  onTestFinished(() => door.close());
  expect(door.address).toBe(`unix:${socketPath}`);
  expect((await raw("http://localhost/v1.0/healthz", { socketPath })).status).toBe(204);
});

test("an address that is taken is named", async () => {
  const { runtime, address } = await openDoor();
  await expect(serveHttp(runtime, { port: Number(new URL(address).port) })).rejects.toMatchObject({
    code: "UNAVAILABLE",
    operation: "http.listen",
  });
});
