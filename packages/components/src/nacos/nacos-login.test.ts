import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { eventually } from "@mecha/conformance";
import { afterEach, describe, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "../configuration/nacos.js";
import { createNacosLogin } from "./nacos-login.js";

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The parts of Nacos's API that authentication touches: logins hand out tokens, reads demand a live one. */
async function startGuardedServer(
  tokenTtlSeconds: number,
  refuse: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    void response.writeHead(403).end("unknown user!"),
) {
  const requests: string[] = [];
  const tokens = new Set<string>();
  let logins = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    requests.push(`${request.method ?? ""} ${request.url ?? ""} ${body}`);
    if (request.url === "/nacos/v1/auth/login") {
      const form = new URLSearchParams(body);
      if (form.get("username") !== "reader" || form.get("password") !== "pa&ss=1") {
        refuse(request, response);
        return;
      }
      const accessToken = `token-${++logins}`;
      tokens.add(accessToken);
      response.end(JSON.stringify({ accessToken, tokenTtl: tokenTtlSeconds }));
      return;
    }
    const isKnown = tokens.has((request.headers.authorization ?? "").replace("Bearer ", ""));
    response.writeHead(isKnown ? 404 : 403).end(isKnown ? "config data not exist" : "user not found!");
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  return {
    serverAddr: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    revokeAll: () => tokens.clear(),
    logins: () => logins,
  };
}

async function open(metadata: Record<string, string>) {
  const store = await component.create(testContext("configuration.nacos", metadata));
  cleanups.push(() => store.close?.());
  return store;
}

describe("the login of a Nacos component", () => {
  const credentials = { username: "reader", password: "pa&ss=1" };

  it("logs in once and sends the token with every call, and the password nowhere else", async () => {
    const server = await startGuardedServer(18_000);
    const store = await open({ serverAddr: server.serverAddr, ...credentials });
    await Promise.all([store.get(["g/a", "g/b"]), store.get(["g/c"])]);
    expect(server.logins()).toBe(1);
    const others = server.requests.filter((request) => !request.includes("/v1/auth/login"));
    expect(others.length).toBeGreaterThanOrEqual(4);
    expect(others.filter((request) => request.includes("pa"))).toEqual([]);
  });

  it("logs in again when the server has forgotten the token", async () => {
    const server = await startGuardedServer(18_000);
    const store = await open({ serverAddr: server.serverAddr, ...credentials });
    server.revokeAll();
    expect((await store.get(["g/a"])).size).toBe(0);
    expect(server.logins()).toBe(2);
  });

  it("logs in again before the token expires", async () => {
    const server = await startGuardedServer(0);
    const store = await open({ serverAddr: server.serverAddr, ...credentials });
    await store.get(["g/a"]);
    expect(server.logins()).toBe(2);
  });

  it.each<[string, Parameters<typeof startGuardedServer>[1]]>([
    ["403", undefined],
    [
      "500 for an unknown user, as of Nacos 2.3",
      (_, response) => response.writeHead(500).end("caused: User reader not found;"),
    ],
    [
      "0 for a wrong password, as of Nacos 2.3",
      (request) => request.socket.end("HTTP/1.1 0 \r\nConnection: close\r\n\r\n"),
    ],
  ])("says that user and password are wrong without showing the password: status %s", async (_status, refuse) => {
    const server = await startGuardedServer(18_000, refuse);
    const creating = open({ serverAddr: server.serverAddr, username: "reader", password: "wrong-secret" });
    await expect(creating).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: expect.stringContaining('"reader"'),
    });
    await expect(creating).rejects.not.toMatchObject({ message: expect.stringContaining("wrong-secret") });
  });

  it("says which metadata is needed where none is given", async () => {
    const server = await startGuardedServer(18_000);
    await expect(open({ serverAddr: server.serverAddr })).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      message: expect.stringContaining('"username"'),
    });
  });

  it("goes on without a token where authentication is off and the login hands out none", async () => {
    const { serverAddr, logins } = await startGuardedServer(18_000, (_, response) => void response.end("{}"));
    const failure = open({ serverAddr, username: "nobody", password: "any" });
    // This server guards its reads all the same: the refusal is that of the read.
    await expect(failure).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(logins()).toBe(0);
  });

  it("is not given up for all when the caller that began it gives up", async () => {
    const held: (() => void)[] = [];
    const exchange = {
      send: ({ signal }: { readonly signal: AbortSignal }) =>
        new Promise<{ status: number; body: string }>((resolve, reject) => {
          held.push(() => resolve({ status: 200, body: JSON.stringify({ accessToken: "t", tokenTtl: 100 }) }));
          signal.addEventListener("abort", () => reject(new Error("aborted")));
        }),
      close: () => undefined,
    };
    const login = createNacosLogin(exchange, credentials);
    const first = new AbortController();
    const given = login.tokenFor("http://127.0.0.1", first.signal).catch((error: unknown) => error);
    const waiting = login.tokenFor("http://127.0.0.1", new AbortController().signal);
    first.abort();
    expect(await given).toMatchObject({ message: "aborted" });
    await eventually("the other logs in itself", async () => held.length === 2);
    held[1]?.();
    expect(await waiting).toBe("t");
  });
});
