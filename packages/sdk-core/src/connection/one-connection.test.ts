import { createServer as createHttp2Server, type ServerHttp2Session } from "node:http2";
import { connect as connectSocket, createServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { mechaTo, stored, testSidecar } from "../../test/sidecar-fixture.js";
import { connect } from "../connect.js";

afterEach(() => vi.unstubAllEnvs());

/** A way to a port that counts the sockets that take it. */
async function countedWay(port: number): Promise<{ readonly endpoint: string; readonly sockets: () => number }> {
  let sockets = 0;
  const server = createServer((socket) => {
    sockets++;
    const onward = connectSocket(port, "127.0.0.1");
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      from.pipe(to);
      from.on("error", () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  // A server that listens on TCP has an address with a port.
  return { endpoint: `127.0.0.1:${String((server.address() as AddressInfo).port)}`, sockets: () => sockets };
}

describe("what went wrong elsewhere does not here", () => {
  it("a new client per call does not check the sidecar again, and sockets do not run out under load", async () => {
    const asked: (string | undefined)[] = [];
    const sidecar = await testSidecar(
      { getState: ({ key }) => Promise.resolve(stored(key)) },
      {
        onUnknown: (stream, headers) => {
          asked.push(headers[":path"]);
          stream.close();
        },
      },
    );
    const { endpoint, sockets } = await countedWay(sidecar.port);
    const keep = await connect({ endpoint });
    const values = await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        await using mecha = await connect({ endpoint });
        return (await mecha.state("s").get(String(index)))?.value;
      }),
    );
    await keep.close();
    expect(values).toEqual(Array.from({ length: 500 }, (_, index) => String(index)));
    expect(sockets()).toBe(1);
    expect(asked).toEqual([]);
  });

  it("one client's end does not end another's connection, and the next one opens its own", async () => {
    const sidecar = await testSidecar({ getState: () => Promise.resolve(stored(1)) });
    const { endpoint, sockets } = await countedWay(sidecar.port);
    const [one, two] = await Promise.all([connect({ endpoint }), connect({ endpoint })]);
    await one.state("s").get("a");
    await one.close();
    expect((await two.state("s").get("a"))?.value).toBe(1);
    await two.close();
    await using three = await connect({ endpoint });
    expect((await three.state("s").get("a"))?.value).toBe(1);
    expect(sockets()).toBe(2);
  });

  it("clients with other credentials have another connection, and no token lies about where all can see it", async () => {
    const sidecar = await testSidecar({
      getState: (_, { metadata }) => Promise.resolve(stored(metadata["dapr-api-token"])),
    });
    const { endpoint, sockets } = await countedWay(sidecar.port);
    await using one = await connect({ endpoint, apiToken: "t0ken-1" });
    await using two = await connect({ endpoint, apiToken: "t0ken-2" });
    expect((await one.state("s").get("a"))?.value).toBe("t0ken-1");
    expect((await two.state("s").get("a"))?.value).toBe("t0ken-2");
    expect(sockets()).toBe(2);
    const registry = (globalThis as Record<symbol, unknown>)[Symbol.for("mecha.connection/1")];
    const { entries } = registry as { entries: ReadonlyMap<string, unknown> };
    expect([...entries.keys()].join()).not.toContain("t0ken");
  });

  it("neither the caller's options nor process.env are changed, and options work as they are given", async () => {
    const sidecar = await testSidecar({
      getState: (_, { metadata }) => Promise.resolve(stored(metadata["dapr-api-token"])),
      saveState: () => Promise.resolve({}),
    });
    vi.stubEnv("DAPR_API_TOKEN", "t0ken");
    const before = { ...process.env };
    const options = Object.freeze({
      endpoint: sidecar.endpoint,
      retry: Object.freeze({ maxRetries: 1 }),
      interceptors: Object.freeze([]),
    });
    await using mecha = await connect(options);
    const metadata = Object.freeze({ a: "1" });
    await mecha.state("s").save("a", Object.freeze({ b: 1 }), Object.freeze({ metadata, ttlSeconds: 60 }));
    expect((await mecha.state("s").get("a", Object.freeze({ metadata })))?.value).toBe("t0ken");
    expect({ ...process.env }).toEqual(before);
  });

  it("wrong settings are refused before a connection is opened", async () => {
    const sidecar = await testSidecar({});
    const { endpoint, sockets } = await countedWay(sidecar.port);
    const refusal = { code: "CONFIGURATION_INVALID", operation: "connect" };
    await expect(connect({ endpoint, timeoutMs: Number.NaN })).rejects.toMatchObject(refusal);
    await expect(connect({ endpoint: `${endpoint}?tls=perhaps` })).rejects.toMatchObject(refusal);
    expect(sockets()).toBe(0);
  });
});

describe("keep-alive", () => {
  it("asks a silent sidecar whether it is still there while a call is under way", async () => {
    let pings = 0;
    const sessions = new Set<ServerHttp2Session>();
    const server = createHttp2Server();
    server.on("session", (session) => {
      sessions.add(session);
      session.on("ping", () => pings++);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      for (const session of sessions) session.destroy();
      server.close();
    });
    const endpoint = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const mecha = mechaTo(endpoint, { keepAliveMs: 20 });
    const stopping = new AbortController();
    const reading = mecha.state("s").get("a", { signal: stopping.signal });
    const cancelled = expect(reading).rejects.toMatchObject({ code: "CANCELLED" });
    await expect.poll(() => pings).toBeGreaterThan(1);
    stopping.abort();
    await cancelled;
  });
});
