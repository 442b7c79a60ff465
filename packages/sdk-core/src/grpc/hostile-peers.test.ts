import { connect as connectHttp2, type ClientHttp2Session } from "node:http2";
import { connect as connectTcp } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { MechaError } from "@mecha/spec";
import { daprMethods, type DaprHandlers } from "../dapr-methods.js";
import { StateOptions_StateConsistency } from "../generated/dapr/proto/common/v1/common.js";
import { PushQueue } from "../stream/push-queue.js";
import type { Metadata, Transport } from "../transport/transport.js";
import { decodeFrames, encodeFrame } from "./frame.js";
import { createGrpcTransport } from "./grpc-transport.js";
import { methodHandlers } from "./method-handler.js";
import { createGrpcServer } from "./server.js";

const closers: (() => Promise<unknown> | undefined)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(handlers: DaprHandlers): Promise<{ readonly transport: Transport; readonly port: number }> {
  const server = createGrpcServer(methodHandlers(daprMethods, handlers));
  const address = await server.listen({ port: 0 });
  if (!("port" in address)) throw new Error("a TCP server has a port");
  const transport = createGrpcTransport({ address: `127.0.0.1:${String(address.port)}` });
  closers.push(
    () => server.close({ graceMs: 100 }),
    () => transport.close(),
  );
  return { transport, port: address.port };
}

function session(port: number): ClientHttp2Session {
  const client = connectHttp2(`http://127.0.0.1:${String(port)}`);
  client.on("error", () => undefined);
  closers.push(() => {
    client.destroy();
    return undefined;
  });
  return client;
}

const consistency = StateOptions_StateConsistency.CONSISTENCY_UNSPECIFIED;
const request = { storeName: "orders", key: "42", consistency, metadata: {} };
const empty = { data: Buffer.alloc(0), etag: "", metadata: {} };
const path = daprMethods.getState.path;
const frame = encodeFrame(daprMethods.getState.request.encode(request).finish());

/** Sends one call by hand; gives the status in its trailers. */
function call(client: ClientHttp2Session, headers: Record<string, string>, bodyAfterMs = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = client.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    let status = "";
    const note = (seen: Record<string, unknown>): void => {
      if (typeof seen["grpc-status"] === "string") status = seen["grpc-status"];
    };
    stream
      .on("response", note)
      .on("trailers", note)
      .on("error", reject)
      .on("close", () => resolve(status))
      .resume();
    if (bodyAfterMs === 0) stream.end(frame);
    else setTimeout(() => stream.closed || stream.end(frame), bodyAfterMs);
  });
}

/** How a subscription that must fail at once does so. */
async function firstFailure(
  transport: Transport,
  requests: AsyncIterable<never>,
  metadata: Metadata = {},
): Promise<unknown> {
  const responses = transport.stream(daprMethods.subscribeTopicEventsAlpha1, requests, { metadata });
  try {
    for await (const response of responses) return response;
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A frame of HTTP/2. */
function http2Frame(type: number, flags: number, streamId: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

/** Headers as HPACK literals. */
function hpack(headers: Record<string, string>): Buffer {
  return Buffer.concat(
    Object.entries(headers).map(([name, value]) =>
      Buffer.concat([
        Buffer.from([0, name.length]),
        Buffer.from(name),
        Buffer.from([value.length]),
        Buffer.from(value),
      ]),
    ),
  );
}

const preface = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), http2Frame(4, 0, 0, Buffer.alloc(0))]);

describe("a gRPC server with peers that misbehave", () => {
  it("gives a call whose deadline is months away its time", async () => {
    const { transport, port } = await serve({ getState: () => delay(30).then(() => ({ ...empty, etag: "1" })) });
    expect(await call(session(port), { "grpc-timeout": "99999999S" })).toBe("0");
    const far = { deadline: Date.now() + 90 * 86_400_000 };
    expect((await transport.unary(daprMethods.getState, request, far)).etag).toBe("1");
    const never = { deadline: Number.POSITIVE_INFINITY };
    expect((await transport.unary(daprMethods.getState, request, never)).etag).toBe("1");
  });

  it("does not begin a call whose deadline passed before its message came", async () => {
    let begun = 0;
    const { port } = await serve({
      getState() {
        begun++;
        return Promise.reject(new MechaError("CANCELLED", "too late"));
      },
    });
    expect(await call(session(port), { "grpc-timeout": "1n" }, 30)).toBe("4");
    expect(begun).toBe(0);
  });

  it("tells a client that still sends how its call ended", async () => {
    const { transport } = await serve({
      subscribeTopicEventsAlpha1: () => {
        throw new MechaError("PERMISSION_DENIED", "not for you");
      },
    });
    const requests = new PushQueue<never>();
    const failures = Array.from({ length: 30 }, () => firstFailure(transport, requests));
    for (const failure of await Promise.all(failures)) {
      expect(failure).toMatchObject({ code: "PERMISSION_DENIED", message: "not for you" });
    }
  });

  it.each([
    ["connection", "close"],
    ["x-text", "two\nlines"],
    ["x text", "a name with a space"],
    [":status", "200"],
    ["grpc-status", "0"],
  ])("answers a call whose handler sets the header %s to %j", async (name, value) => {
    const { transport } = await serve({
      getState(_request, { setHeader, setTrailer }) {
        setHeader(name, value);
        setTrailer(name, value);
        return Promise.resolve({ ...empty, etag: "1" });
      },
      saveState(_request, { setHeader }) {
        setHeader(name, value);
        return Promise.reject(new MechaError("NOT_FOUND", "nothing there"));
      },
    });
    const outcome = await transport.unary(daprMethods.getState, request, { deadline: Date.now() + 2_000 }).then(
      ({ etag }) => etag,
      (error: unknown) => error,
    );
    expect(outcome).toBe("1");
    await expect(
      transport.unary(daprMethods.saveState, { storeName: "s", states: [] }, { deadline: Date.now() + 2_000 }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it.each(["/unknown/Method", path])("survives streams of %s that are reset as they are opened", async (opened) => {
    const { transport, port } = await serve({ getState: () => Promise.resolve({ ...empty, etag: "1" }) });
    const headers = hpack({
      ":method": "POST",
      ":scheme": "http",
      ":path": opened,
      "content-type": "application/grpc",
    });
    const burst: Buffer[] = [preface];
    for (let id = 1; id < 400; id += 2) {
      burst.push(http2Frame(1, 4, id, headers), http2Frame(3, 0, id, Buffer.from([0, 0, 0, 8])));
    }
    const socket = connectTcp(port, "127.0.0.1");
    socket.on("error", () => undefined).resume();
    socket.end(Buffer.concat(burst));
    await new Promise((resolve) => socket.once("close", resolve));
    const cut = connectTcp(port, "127.0.0.1");
    cut.on("error", () => undefined).resume();
    cut.write(
      Buffer.concat([
        preface,
        http2Frame(1, 4, 1, headers),
        http2Frame(9, 9, 9, Buffer.alloc(3)),
        Buffer.alloc(200, 0xff),
      ]),
    );
    cut.once("connect", () => setImmediate(() => cut.resetAndDestroy()));
    await new Promise((resolve) => cut.once("close", resolve));
    expect((await transport.unary(daprMethods.getState, request)).etag).toBe("1");
  });

  it("takes many large messages at once on one connection", async () => {
    const { transport } = await serve({ saveState: () => delay(50).then(() => ({})) });
    const item = { key: "k", value: Buffer.alloc(2 * 1024 * 1024), etag: undefined, metadata: {}, options: undefined };
    const calls = Array.from({ length: 24 }, () =>
      transport.unary(daprMethods.saveState, { storeName: "s", states: [item] }),
    );
    const failed = (await Promise.allSettled(calls)).filter(({ status }) => status === "rejected");
    expect(failed).toEqual([]);
  });

  it("puts a message together in time that grows with its size alone", async () => {
    const whole = encodeFrame(Buffer.alloc(4 * 1024 * 1024, 1));
    async function* inPieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < whole.length; at += 512) yield whole.subarray(at, at + 512);
    }
    const before = process.cpuUsage();
    const sizes: number[] = [];
    for await (const message of decodeFrames(inPieces(), whole.length)) sizes.push(message.length);
    expect(sizes).toEqual([4 * 1024 * 1024]);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_000);
  });

  it("names what it could not listen on", async () => {
    const { port } = await serve({});
    const second = createGrpcServer(new Map());
    const error = await second.listen({ port }).catch((thrown: unknown) => thrown);
    expect(MechaError.is(error)).toBe(true);
    expect(error).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining(`127.0.0.1:${String(port)}`) as string,
    });
    await second.close();
  });
});

describe("a gRPC transport", () => {
  it.each([
    ["x-name", "größe"],
    ["x name", "v"],
    ["x-line", "a\r\nb"],
  ])("refuses metadata that HTTP/2 cannot carry: %s", async (name, value) => {
    const { transport } = await serve({ getState: () => Promise.resolve(empty) });
    const error = await transport
      .unary(daprMethods.getState, request, { metadata: { [name]: value } })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining(name) as string });
    expect(MechaError.is(error)).toBe(true);
    const failure = await firstFailure(transport, new PushQueue<never>(), { [name]: value });
    expect(failure).toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});
