import { once } from "node:events";
import { constants, createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import { createServer as createHttp1Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { isUnsent } from "../call/unsent.js";
import { daprMethods } from "../dapr-methods.js";
import { StateOptions_StateConsistency } from "../generated/dapr/proto/common/v1/common.js";
import type { GetStateRequest, GetStateResponse } from "../generated/dapr/proto/runtime/v1/state.js";
import type { CallOptions, Metadata } from "../transport/transport.js";
import { encodeFrame } from "./frame.js";
import { createGrpcTransport, type GrpcTransportOptions } from "./grpc-transport.js";

const consistency = StateOptions_StateConsistency.CONSISTENCY_UNSPECIFIED;
const request: GetStateRequest = { storeName: "s", key: "k", consistency, metadata: {} };
const reply: GetStateResponse = { data: Buffer.from("1"), etag: "7", metadata: {} };
const replyFrame = encodeFrame(daprMethods.getState.response.encode(reply).finish());

type Handler = (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>) => void;

async function listening<T extends Server | Http2Server>(server: T, port = 0): Promise<{ server: T; port: number }> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** A server of node:http2 that answers by hand. */
async function serve(handler: Handler, port?: number) {
  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    handler(stream, headers);
  });
  return listening(server, port);
}

function callTo(port: number, options: Partial<GrpcTransportOptions> = {}) {
  const transport = createGrpcTransport({ address: `127.0.0.1:${String(port)}`, ...options });
  onTestFinished(() => transport.close());
  return (call: CallOptions = {}) => transport.unary(daprMethods.getState, request, call);
}

const grpc = { ":status": 200, "content-type": "application/grpc" };

/** Answers with messages, then a status. */
function answer(
  stream: ServerHttp2Stream,
  frames: readonly Buffer[],
  trailers: Metadata = { "grpc-status": "0" },
): void {
  stream.respond(grpc, { waitForTrailers: true });
  stream.on("wantTrailers", () => {
    stream.sendTrailers(trailers);
  });
  for (const frame of frames) stream.write(frame);
  stream.end();
}

const failureOf = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

describe("a call over gRPC", () => {
  it("names itself as gRPC wants it", async () => {
    let seen: Readonly<Record<string, unknown>> = {};
    const { port } = await serve((stream, headers) => {
      seen = headers;
      answer(stream, [replyFrame]);
    });
    const call = callTo(port, { apiToken: "t0ken" });
    expect(await call({ metadata: { "X-Tenant": "acme", "x-id-bin": "AQI=" } })).toMatchObject({ etag: "7" });
    expect(seen).toMatchObject({
      ":method": "POST",
      ":path": "/dapr.proto.runtime.v1.Dapr/GetState",
      ":authority": `127.0.0.1:${String(port)}`,
      te: "trailers",
      "content-type": "application/grpc",
      "dapr-api-token": "t0ken",
      "x-tenant": "acme",
      "x-id-bin": "AQI=",
    });
  });

  it("gives headers and trailers to who asks for them, several values of one name joined", async () => {
    const { port } = await serve((stream) => {
      stream.additionalHeaders({ ":status": 103, link: "</x>" });
      stream.respond({ ...grpc, "x-a": ["1", "2"], "x-b-bin": "AQI" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => {
        stream.sendTrailers({ "grpc-status": "0", "x-c": "3" });
      });
      stream.end(replyFrame);
    });
    const seen: Metadata[] = [];
    const note = (metadata: Metadata): void => void seen.push(metadata);
    await callTo(port)({ onHeader: note, onTrailer: note });
    expect(seen).toEqual([
      expect.objectContaining({ "content-type": "application/grpc", "x-a": "1,2", "x-b-bin": "AQI=" }),
      { "x-c": "3" },
    ]);
  });

  it.each<[string, Handler, string, RegExp]>([
    [
      "a status in the headers",
      (stream) =>
        stream.respond({ ...grpc, "grpc-status": "5", "grpc-message": "gr%C3%B6%C3%9Fe" }, { endStream: true }),
      "NOT_FOUND",
      /^größe$/,
    ],
    [
      "a message that is badly encoded",
      (stream) => stream.respond({ ...grpc, "grpc-status": "5", "grpc-message": "50%" }, { endStream: true }),
      "NOT_FOUND",
      /^50%$/,
    ],
    [
      "a status that is no number",
      (stream) => answer(stream, [replyFrame], { "grpc-status": "fine" }),
      "UNKNOWN",
      /fine/,
    ],
    [
      "a web page",
      (stream) => stream.respond({ ":status": 200, "content-type": "text/html" }),
      "UNKNOWN",
      /text\/html/,
    ],
    ["HTTP 404", (stream) => stream.respond({ ":status": 404 }, { endStream: true }), "UNIMPLEMENTED", /404/],
    ["HTTP 503", (stream) => stream.respond({ ":status": 503 }, { endStream: true }), "UNAVAILABLE", /503/],
    ["HTTP 401", (stream) => stream.respond({ ":status": 401 }), "UNAUTHENTICATED", /401/],
    ["an end without a status", (stream) => stream.respond(grpc, { endStream: true }), "UNKNOWN", /no gRPC|without/],
    ["a message and no status", (stream) => answer(stream, [replyFrame], {}), "INTERNAL", /without a status/],
    ["no message", (stream) => answer(stream, []), "INTERNAL", /without a message/],
    ["two messages", (stream) => answer(stream, [replyFrame, replyFrame]), "INTERNAL", /more than one message/],
    ["half a message", (stream) => answer(stream, [replyFrame.subarray(0, 6)]), "INTERNAL", /middle of a message/],
    ["a compressed message", (stream) => answer(stream, [Buffer.from([1, 0, 0, 0, 0])]), "UNIMPLEMENTED", /Compressed/],
    [
      "a message that is no protobuf",
      (stream) => answer(stream, [encodeFrame(Buffer.from([0xff, 0xff]))]),
      "INTERNAL",
      /not of the type/,
    ],
    [
      "a stream that is reset",
      (stream) => {
        stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      },
      "RESOURCE_EXHAUSTED",
      /broke the call off/,
    ],
  ])("fails for %s", async (_what, handler, code, message) => {
    const { port } = await serve(handler);
    expect(await failureOf(callTo(port)())).toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it("may be sent again if its stream was refused, and not if the connection broke under it", async () => {
    const refusing = await serve((stream) => {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
    });
    const refused = await failureOf(callTo(refusing.port)());
    expect(refused).toMatchObject({ code: "UNAVAILABLE" });
    expect(isUnsent(refused)).toBe(true);
    const breaking = await serve((stream) => stream.session?.destroy());
    const broken = await failureOf(callTo(breaking.port)());
    expect(broken).toMatchObject({ code: "UNAVAILABLE", message: /lost during the call/ });
    expect(isUnsent(broken)).toBe(false);
  });

  it("takes nothing from the environment of the process where it is told so", async () => {
    vi.stubEnv("DAPR_API_TOKEN", "t0ken");
    vi.stubEnv("DAPR_GRPC_TLS_INSECURE", "true");
    let seen: Readonly<Record<string, unknown>> = {};
    const { port } = await serve((stream, headers) => {
      seen = headers;
      answer(stream, [replyFrame]);
    });
    expect(await callTo(port, { environment: {} })()).toMatchObject({ etag: "7" });
    expect(seen).not.toHaveProperty("dapr-api-token");
    expect(await failureOf(callTo(port)())).toMatchObject({ code: "UNAVAILABLE" });
    vi.unstubAllEnvs();
  });

  it("says what is wrong with a port that does not speak gRPC", async () => {
    const { port } = await listening(createHttp1Server());
    expect(await failureOf(callTo(port)())).toMatchObject({
      code: "UNAVAILABLE",
      message: /127\.0\.0\.1:\d+: what answers there speaks HTTP\/1; is this the port for gRPC\?/,
    });
  });

  it("reaches a server that came after it was looked for in vain, and one that went and came back", async () => {
    const { server, port } = await serve(() => undefined);
    server.close();
    await once(server, "close");
    const call = callTo(port);
    const failure = await failureOf(call());
    expect(failure).toMatchObject({ code: "UNAVAILABLE", message: /ECONNREFUSED/ });
    expect(isUnsent(failure)).toBe(true);

    const sessions = new Set<{ destroy(): void }>();
    const ok: Handler = (stream) => {
      if (stream.session !== undefined) sessions.add(stream.session);
      answer(stream, [replyFrame]);
    };
    const first = await serve(ok, port);
    await expect.poll(() => failureOf(call())).toMatchObject({ etag: "7" });
    first.server.close();
    for (const session of sessions) session.destroy();
    await once(first.server, "close");
    await serve(ok, port);
    await expect.poll(() => failureOf(call())).toMatchObject({ etag: "7" });
  });

  it("looks for a server that is not there less and less often, and fails at once meanwhile", async () => {
    let attempts = 0;
    const { port } = await listening(
      createTcpServer((socket) => {
        attempts++;
        socket.destroy();
      }),
    );
    const call = callTo(port);
    let calls = 0;
    for (const begin = Date.now(); Date.now() - begin < 300; calls++) {
      expect(await failureOf(call())).toMatchObject({ code: "UNAVAILABLE" });
    }
    // At 0, 20, 60, 140 and 300 ms; a slow machine makes it fewer.
    expect(attempts).toBeLessThanOrEqual(6);
    expect(calls).toBeGreaterThan(attempts);
  });
});
