import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { startDaprd, type DaprdEngine, type DaprdOptions } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it, onTestFinished } from "vitest";
import { createGrpcTransport } from "../src/grpc/grpc-transport.js";
import { createMecha, type Mecha } from "../src/mecha.js";
import { EchoClient, serveEcho } from "./echo-service.js";
import { checkProxiedCalls } from "./proxied-calls.js";

/** A sidecar of its own, and facades over it as connect() makes them. */
async function startSidecar(options: Partial<DaprdOptions>): Promise<{ engine: DaprdEngine; mecha: Mecha }> {
  const appId = `app-${randomUUID()}`;
  const engine = await startDaprd({ appId, apiToken: "s3cret", logLevel: "warn", ...options });
  const { grpcAddress: address, httpAddress: httpEndpoint } = engine;
  const connection = { apiToken: "s3cret" };
  const transport = createGrpcTransport({ address, ...connection });
  const close = (): Promise<void> => transport.close();
  const mecha = createMecha({ mode: "sidecar", address, httpEndpoint, options: connection, transport, close }, appId);
  onTestFinished(async () => {
    await mecha.close();
    await engine.stop();
  });
  return { engine, mecha };
}

async function serveHttp(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describeWith("daprd", "calling an app through real daprd", () => {
  it("over HTTP gives status, headers and streams in both directions", async () => {
    const piece = Buffer.alloc(64 * 1024, "x");
    const appPort = await serveHttp((request, response) => {
      if (request.url === "/download") {
        for (let count = 0; count < 128; count++) response.write(piece);
        response.end();
      } else if (request.method === "POST") {
        let received = 0;
        request.on("data", (bytes: Buffer) => (received += bytes.length));
        request.on("end", () => response.end(String(received)));
      } else response.writeHead(418, { "x-seen": `${request.method ?? ""} ${request.url ?? ""}` }).end("no coffee");
    });
    // daprd bounds the bodies of requests, streams included.
    const { mecha } = await startSidecar({ appPort, appProtocol: "http", args: ["--max-body-size=16Mi"] });
    const self = mecha.app(mecha.appId);
    await mecha.waitUntilReady();
    await expect.poll(async () => (await self.fetch("x")).status, { timeout: 10_000 }).toBe(418);
    const refused = await self.fetch("/tea?size=2", { method: "PUT" });
    expect([refused.status, refused.headers.get("x-seen"), await refused.text()]).toEqual([
      418,
      "PUT /tea?size=2",
      "no coffee",
    ]);

    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent === 128) controller.close();
        else controller.enqueue(piece);
        sent++;
      },
    });
    // Twice what a message of the gRPC API may have by default.
    const uploaded = await self.fetch("upload", { method: "POST", body });
    expect(await uploaded.text()).toBe(String(128 * piece.length));
    const downloaded = await self.fetch("download");
    expect((await downloaded.arrayBuffer()).byteLength).toBe(128 * piece.length);
  }, 60_000);

  it("passes every kind of call of a generated grpc-js client (`grpc()`)", async () => {
    const server = await serveEcho();
    const { mecha } = await startSidecar({ appPort: server.port, appProtocol: "grpc" });
    await mecha.waitUntilReady();
    await checkProxiedCalls(await mecha.grpc(mecha.appId, EchoClient), server);
  }, 60_000);
});
