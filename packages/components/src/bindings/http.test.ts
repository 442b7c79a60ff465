import { bindingSuite } from "@mecha/conformance";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { OutputBinding } from "@mecha/spec";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./http.js";

let server: Server;
let other: Server;

beforeAll(async () => {
  server = await serve(async (request, body) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    if (pathname === "/base/late") return undefined;
    if (pathname === "/base/moved") {
      return { status: Number(searchParams.get("status")), location: `${urlOf(other)}/echo`, body: "" };
    }
    if (pathname === "/base/loop") return { status: 302, location: "/base/loop", body: "" };
    if (pathname === "/base/missing") return { status: 404, body: "not here" };
    return { status: 201, body: JSON.stringify(seen(request, body)) };
  });
  other = await serve(async (request, body) => ({ status: 200, body: JSON.stringify(seen(request, body)) }));
});

afterAll(() => {
  for (const each of [server, other]) {
    each.closeAllConnections();
    each.close();
  }
});

describe("bindings.http", () => {
  const verbs = ["get", "head", "post", "put", "patch", "delete", "options", "trace"];
  bindingSuite({ describe, it }, () => open(), { operations: ["create", ...verbs] });

  it("sends the verb, the path, the data and headers, and gives back body, status and headers", async () => {
    const binding = await open();
    const answer = await binding.invoke({
      operation: "put",
      data: Buffer.from('{"n":1}'),
      metadata: { path: "/orders/7?x=1", "X-Tenant": "acme", lower: "is no header", traceparent: "00-a-b-01" },
    });
    const { headers, ...rest } = JSON.parse(Buffer.from(answer.data ?? []).toString()) as Seen;
    expect(rest).toEqual({ method: "PUT", url: "/base/orders/7?x=1", body: '{"n":1}' });
    expect(headers).toMatchObject({
      "x-tenant": "acme",
      traceparent: "00-a-b-01",
      accept: "application/json; charset=utf-8",
      "content-type": "application/json; charset=utf-8",
    });
    expect(headers).not.toHaveProperty("lower");
    expect(answer.metadata).toMatchObject({ statusCode: "201", status: "201 Created", "X-Served": "yes" });
  });

  it("takes create for post, and sends no body with verbs that have none", async () => {
    const binding = await open();
    expect(await callOf(binding, "create", "x")).toMatchObject({ method: "POST", body: "x" });
    expect(await callOf(binding, "get", "x")).toMatchObject({ method: "GET", body: "" });
    expect(await callOf(binding, "trace", "x")).toMatchObject({ method: "TRACE", body: "" });
  });

  it("has a header of the request take the place of its own, however it is written", async () => {
    const binding = await open();
    const { headers } = await callOf(binding, "post", "x", { "Content-type": "text/plain" });
    expect(headers["content-type"]).toBe("text/plain");
  });

  it("fails for other statuses than 2xx with the status as metadata, unless component or request say otherwise", async () => {
    const missing = { operation: "get", data: Buffer.alloc(0), metadata: { path: "missing" } };
    await expect((await open()).invoke(missing)).rejects.toMatchObject({
      message: "received status code 404",
      metadata: { statusCode: "404" },
    });
    const lenient = await open({ errorIfNot2XX: "false" });
    expect(Buffer.from((await lenient.invoke(missing)).data ?? []).toString()).toBe("not here");
    const strict = { ...missing, metadata: { ...missing.metadata, errorIfNot2XX: "true" } };
    await expect(lenient.invoke(strict)).rejects.toThrow("404");
  });

  it("follows redirects as Go does, and shows its token to no other host", async () => {
    const binding = await open({ securityToken: "open sesame", securityTokenHeader: "X-Token" });
    expect((await callOf(binding, "get", "")).headers["x-token"]).toBe("open sesame");
    const kept = await callOf(binding, "post", "body", { path: "moved?status=307" });
    expect(kept).toMatchObject({ method: "POST", body: "body" });
    expect(kept.headers).not.toHaveProperty("x-token");
    expect(await callOf(binding, "post", "body", { path: "moved?status=302" })).toMatchObject({
      method: "GET",
      body: "",
    });
    await expect(callOf(binding, "get", "", { path: "loop" })).rejects.toThrow("stopped after 10 redirects");
  });

  it("keeps no more of a body than maxResponseBodySize", async () => {
    const binding = await open({ maxResponseBodySize: "4" });
    const { data } = await binding.invoke({ operation: "get", data: Buffer.alloc(0), metadata: {} });
    expect(Buffer.from(data ?? []).toString()).toBe('{"me');
  });

  it("waits no longer than responseTimeout, nor than its caller", async () => {
    const late = { operation: "get", data: Buffer.alloc(0), metadata: { path: "late" } };
    await expect((await open({ responseTimeout: "30ms" })).invoke(late)).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
    const caller = new AbortController();
    const call = (await open()).invoke(late, { signal: caller.signal });
    caller.abort();
    await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("says that a server is not there", async () => {
    const binding = await open({ url: "http://127.0.0.1:1/" });
    await expect(callOf(binding, "get", "")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it.each([
    [{ url: "ftp://files" }, "url"],
    [{ maxResponseBodySize: "huge" }, "maxResponseBodySize"],
    [{ MTLSRootCA: "no/such/file.pem" }, "MTLSRootCA"],
  ])("refuses %j by its key", async (metadata, key) => {
    await expect(open(metadata)).rejects.toMatchObject({ code: "CONFIGURATION_INVALID", metadata: { key } });
  });
});

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Served {
  readonly status: number;
  readonly body: string;
  readonly location?: string;
}

function seen({ method, url, headers }: IncomingMessage, body: string): unknown {
  return { method, url, body, headers };
}

async function serve(answer: (request: IncomingMessage, body: string) => Promise<Served | undefined>): Promise<Server> {
  const made = createServer((request, response) => {
    void text(request)
      .then((body) => answer(request, body))
      .then((served) => {
        if (served === undefined) return;
        const location = served.location === undefined ? {} : { location: served.location };
        response.writeHead(served.status, { ...location, "x-served": "yes" }).end(served.body);
      });
  });
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return made;
}

/** A server that listens on TCP has an address with a port. */
function urlOf(of: Server): string {
  return `http://127.0.0.1:${String((of.address() as AddressInfo).port)}`;
}

async function open(metadata: Readonly<Record<string, string>> = {}): Promise<OutputBinding> {
  const binding = await component.create(testContext("bindings.http", { url: `${urlOf(server)}/base/`, ...metadata }));
  onTestFinished(async () => binding.close?.());
  return binding;
}

async function callOf(
  binding: OutputBinding,
  operation: string,
  body: string,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Seen> {
  const { data } = await binding.invoke({ operation, data: Buffer.from(body), metadata });
  return JSON.parse(Buffer.from(data ?? []).toString()) as Seen;
}
