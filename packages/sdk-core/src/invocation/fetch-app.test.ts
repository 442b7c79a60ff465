import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { mechaOver, testRuntime } from "../../test/mecha-fixture.js";
import { deadEndpoint } from "../../test/sidecar-fixture.js";
import type { InvocationHandler } from "../app/invocation-handler.js";
import { InvocationReply } from "../app/invocation-reply.js";
import { createMecha } from "../mecha.js";
import type { RemoteApp } from "./invocation.js";

afterEach(() => vi.unstubAllEnvs());

/** The HTTP API of a sidecar, as far as a test says. */
async function httpSidecar(answer: RequestListener, apiToken?: string): Promise<RemoteApp> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return appAt(`http://127.0.0.1:${String(port)}/`, apiToken);
}

async function appAt(httpEndpoint: string | undefined, apiToken?: string): Promise<RemoteApp> {
  const { transport } = await mechaOver(await testRuntime([]), "embedded");
  const connection = {
    mode: "sidecar" as const,
    transport,
    close: () => Promise.resolve(),
    ...(apiToken !== undefined && { options: { apiToken } }),
    ...(httpEndpoint !== undefined && { httpEndpoint }),
  };
  return createMecha(connection, "caller").app("shop");
}

describe("an HTTP request to an app through a sidecar", () => {
  it("goes to the app's part of the API with verb, query, headers and token, and every status is an answer", async () => {
    const seen: Partial<IncomingMessage>[] = [];
    const app = await httpSidecar((request, response) => {
      seen.push(request);
      response.writeHead(418, { "x-answer": "42" }).end("short and stout");
    }, "s3cret");
    const response = await app.fetch("/tea/pot?size=a%26b", {
      method: "PUT",
      headers: { "x-asked": "1" },
      body: "milk",
    });
    expect([response.status, response.headers.get("x-answer"), await response.text()]).toEqual([
      418,
      "42",
      "short and stout",
    ]);
    expect(seen[0]).toMatchObject({
      method: "PUT",
      url: "/v1.0/invoke/shop/method/tea/pot?size=a%26b",
      headers: { "x-asked": "1", "dapr-api-token": "s3cret" },
    });
  });

  it("streams both bodies: the answer begins before the request has ended", async () => {
    const app = await httpSidecar((request, response) => void request.pipe(response));
    let send: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        send = controller;
        controller.enqueue(Buffer.from("one"));
      },
    });
    const response = await app.fetch("upper", { method: "POST", body });
    const reader = response.body!.getReader();
    expect(Buffer.from((await reader.read()).value).toString()).toBe("one");
    send?.enqueue(Buffer.from("two"));
    expect(Buffer.from((await reader.read()).value).toString()).toBe("two");
    send?.close();
    expect((await reader.read()).done).toBe(true);
  });

  it.each(["../../../state/orders/1", "a/../../../../secrets/vault/bulk", "%2e%2e/%2E%2E/shop2/method/x"])(
    "refuses the path %s, which leads out of the app",
    async (path) => {
      const app = await appAt("http://127.0.0.1:1");
      await expect(app.fetch(path)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", component: "shop" });
    },
  );

  it("says UNAVAILABLE when nobody answers, and ends by time and signal", async () => {
    const dead = await appAt(`http://${await deadEndpoint()}`);
    await expect(dead.fetch("x")).rejects.toMatchObject({ code: "UNAVAILABLE", operation: "invocation.fetch" });
    const silent = await httpSidecar(() => undefined);
    await expect(silent.fetch("x", { timeoutMs: 30 })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    const signal = AbortSignal.abort();
    await expect(silent.fetch("x", { signal })).rejects.toMatchObject({ code: "CANCELLED", component: "shop" });
  });

  it("finds the sidecar by the environment, and says which variables it misses", async () => {
    vi.stubEnv("DAPR_HTTP_ENDPOINT", "");
    vi.stubEnv("DAPR_HTTP_PORT", "");
    const app = await appAt(undefined);
    await expect(app.fetch("x")).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringMatching(/DAPR_HTTP_ENDPOINT or DAPR_HTTP_PORT/u) as unknown,
    });
    const endpoint = await deadEndpoint();
    vi.stubEnv("DAPR_HTTP_PORT", endpoint.split(":")[1]);
    await expect(app.fetch("x")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    vi.stubEnv("DAPR_HTTP_ENDPOINT", "ftp://nowhere");
    await expect(app.fetch("x")).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  });
});

describe("an HTTP request to an app on the embedded runtime", () => {
  const appWith = async (handler: InvocationHandler): Promise<RemoteApp> => {
    const mecha = await mechaOver(await testRuntime([]), "embedded");
    await mecha.host().onInvoke("tea/pot", handler).start();
    return mecha.app("under-test");
  };

  it("brings verb, query, headers and body to the handler, and its answer back", async () => {
    const app = await appWith(({ verb, query, headers, contentType, bytes }) => {
      const seen = [verb, query.get("size"), headers["x-asked"], contentType, Buffer.from(bytes).toString()];
      return new InvocationReply(seen, { status: 201, headers: { "x-answer": "42" } });
    });
    const response = await app.fetch("/tea/pot?size=big", { method: "PUT", headers: { "x-asked": "1" }, body: "milk" });
    expect([response.status, response.headers.get("x-answer")]).toEqual([201, "42"]);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual(["PUT", "big", "1", "text/plain;charset=UTF-8", "milk"]);
  });

  it("answers with the status of what the handler throws, and of a method that is not there", async () => {
    const app = await appWith(() => {
      throw new Error("out of tea");
    });
    const failed = await app.fetch("tea/pot");
    expect([failed.status, await failed.json()]).toEqual([
      500,
      { errorCode: expect.any(String) as unknown, message: expect.stringContaining("out of tea") as unknown },
    ]);
    expect((await app.fetch("coffee")).status).toBe(404);
  });

  it("has no body where HTTP has none, and ends by time", async () => {
    const app = await appWith(({ verb }) =>
      verb === "GET" ? new Promise(() => undefined) : new InvocationReply("body", { status: 204 }),
    );
    const response = await app.fetch("tea/pot", { method: "POST" });
    expect([response.status, response.body]).toEqual([204, null]);
    await expect(app.fetch("tea/pot", { timeoutMs: 30 })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });
});
