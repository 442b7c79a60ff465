import { mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectHttp2 } from "node:http2";
import { MechaError } from "@mecha/spec";
import { afterEach, describe, expect, it } from "vitest";
import { daprMethods, type DaprHandlers } from "../dapr-methods.js";
import type {
  SubscribeTopicEventsRequestAlpha1,
  SubscribeTopicEventsResponseAlpha1,
} from "../generated/dapr/proto/runtime/v1/pubsub.js";
import { PushQueue } from "../stream/push-queue.js";
import type { Transport } from "../transport/transport.js";
import { createGrpcTransport } from "./grpc-transport.js";
import { methodHandlers } from "./method-handler.js";
import { createGrpcServer, type GrpcServerOptions } from "./server.js";

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(
  handlers: DaprHandlers,
  options?: GrpcServerOptions,
): Promise<{ transport: Transport; port: number }> {
  const server = createGrpcServer(methodHandlers(daprMethods, handlers), options);
  const address = await server.listen({ port: 0 });
  if (!("port" in address)) throw new Error("a TCP server has a port");
  const transport = createGrpcTransport({ address: `127.0.0.1:${String(address.port)}` });
  closers.push(
    () => server.close({ graceMs: 100 }),
    () => transport.close(),
  );
  return { transport, port: address.port };
}

const getState = { storeName: "orders", key: "42", consistency: 0, metadata: {} };
const empty = { data: Buffer.alloc(0), etag: "", metadata: {} };

describe("gRPC server and transport", () => {
  it("carries a request, its metadata, headers, trailers and the reply", async () => {
    const { transport } = await serve({
      getState(request, context) {
        context.setHeader("x-header", "before");
        context.setTrailer("x-trailer", "after");
        return Promise.resolve({
          data: Buffer.from(`${request.key}:${context.metadata["x-caller"] ?? ""}`),
          etag: "7",
          metadata: { a: "b" },
        });
      },
    });
    const seen: Record<string, string> = {};
    const collect = (metadata: Readonly<Record<string, string>>): void => {
      Object.assign(seen, metadata);
    };
    const reply = await transport.unary(daprMethods.getState, getState, {
      metadata: { "x-caller": "me" },
      onHeader: collect,
      onTrailer: collect,
    });
    expect(reply.data.toString()).toBe("42:me");
    expect(reply).toMatchObject({ etag: "7", metadata: { a: "b" } });
    await expect.poll(() => seen).toMatchObject({ "x-header": "before", "x-trailer": "after" });
  });

  it("carries an error with code, reason and metadata, also those that gRPC has no name for", async () => {
    const { transport } = await serve({
      getState: () =>
        Promise.reject(
          new MechaError("NOT_FOUND", "kein Speicher: größer 100%", {
            reason: "ERR_STATE_STORE_NOT_FOUND",
            metadata: { store: "orders" },
          }),
        ),
      saveState: () => Promise.reject(new MechaError("ETAG_MISMATCH", "changed meanwhile")),
    });
    const missing = await transport.unary(daprMethods.getState, getState).catch((error: unknown) => error);
    expect(missing).toMatchObject({
      code: "NOT_FOUND",
      message: "kein Speicher: größer 100%",
      reason: "ERR_STATE_STORE_NOT_FOUND",
      metadata: { store: "orders" },
    });
    await expect(transport.unary(daprMethods.saveState, { storeName: "orders", states: [] })).rejects.toMatchObject({
      code: "ETAG_MISMATCH",
      grpcStatus: 10,
    });
  });

  it("answers UNIMPLEMENTED for a method without handler", async () => {
    const { transport } = await serve({});
    await expect(transport.unary(daprMethods.getState, getState)).rejects.toMatchObject({ code: "UNIMPLEMENTED" });
  });

  it("streams in both directions until the caller ends", async () => {
    const { transport } = await serve({
      async *subscribeTopicEventsAlpha1(requests) {
        yield { subscribeTopicEventsResponseType: { $case: "initialResponse", value: {} } };
        for await (const request of requests) {
          const content = request.subscribeTopicEventsRequestType;
          if (content?.$case === "eventProcessed") yield event(`after ${content.value.id}`);
        }
      },
    });
    const requests = new PushQueue<SubscribeTopicEventsRequestAlpha1>();
    const received: string[] = [];
    for await (const response of transport.stream(daprMethods.subscribeTopicEventsAlpha1, requests)) {
      const content = response.subscribeTopicEventsResponseType;
      if (content?.$case === "eventMessage") received.push(content.value.id);
      if (received.length === 3) requests.end();
      else
        requests.push({
          subscribeTopicEventsRequestType: {
            $case: "eventProcessed",
            value: { id: String(received.length), status: undefined },
          },
        });
    }
    expect(received).toEqual(["after 0", "after 1", "after 2"]);
  });

  it("ends a call whose deadline passed, and tells the handler", async () => {
    let aborted = false;
    const { transport } = await serve({
      async getState(_request, { signal }) {
        await delay(10_000, undefined, { signal }).catch(() => {
          aborted = true;
        });
        return empty;
      },
    });
    await expect(transport.unary(daprMethods.getState, getState, { deadline: Date.now() + 50 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
    await expect.poll(() => aborted).toBe(true);
  });

  it("ends a call whose caller gave up", async () => {
    const stop = new AbortController();
    let aborted = false;
    const { transport } = await serve({
      async getState(_request, { signal }) {
        stop.abort();
        await delay(10_000, undefined, { signal }).catch(() => {
          aborted = true;
        });
        return empty;
      },
    });
    await expect(transport.unary(daprMethods.getState, getState, { signal: stop.signal })).rejects.toMatchObject({
      code: "CANCELLED",
    });
    await expect.poll(() => aborted).toBe(true);
  });

  it("stops a stream's handler when the reader leaves", async () => {
    let stopped = false;
    const { transport } = await serve({
      async *subscribeTopicEventsAlpha1(_requests, { signal }) {
        try {
          yield event("1");
          await delay(10_000, undefined, { signal });
        } finally {
          stopped = true;
        }
      },
    });
    for await (const response of transport.stream(daprMethods.subscribeTopicEventsAlpha1, new PushQueue())) {
      expect(response.subscribeTopicEventsResponseType?.$case).toBe("eventMessage");
      break;
    }
    await expect.poll(() => stopped).toBe(true);
  });

  it("takes messages of megabytes and refuses what is larger than the limit", async () => {
    const { transport } = await serve({
      getState: (request) => Promise.resolve({ data: Buffer.alloc(Number(request.key), 7), etag: "1", metadata: {} }),
    });
    const large = await transport.unary(daprMethods.getState, { ...getState, key: String(3 * 1024 * 1024) });
    expect(large.data.equals(Buffer.alloc(3 * 1024 * 1024, 7))).toBe(true);
    const { transport: narrow } = await serve({ saveState: () => Promise.resolve({}) }, { maximumMessageBytes: 1000 });
    const item = { key: "k", value: Buffer.alloc(2000), etag: undefined, metadata: {}, options: undefined };
    await expect(narrow.unary(daprMethods.saveState, { storeName: "s", states: [item] })).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
    });
  });

  it("listens on a Unix socket that only its user may open", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "mecha-grpc-")), "app.sock");
    const server = createGrpcServer(
      methodHandlers(daprMethods, { getState: () => Promise.resolve({ ...empty, etag: "9" }) }),
    );
    await server.listen({ path });
    const transport = createGrpcTransport({ address: `unix:${path}` });
    closers.push(
      () => server.close({ graceMs: 100 }),
      () => transport.close(),
    );
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await transport.unary(daprMethods.getState, getState)).etag).toBe("9");
  });

  it("refuses calls that may not come in, before any handler runs", async () => {
    let called = false;
    const { transport } = await serve(
      {
        getState: () => {
          called = true;
          return Promise.resolve(empty);
        },
      },
      {
        authorize: () => {
          throw new MechaError("UNAUTHENTICATED", "no token");
        },
      },
    );
    await expect(transport.unary(daprMethods.getState, getState)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: "no token",
    });
    expect(called).toBe(false);
  });

  it("answers UNAVAILABLE when nobody listens", async () => {
    const transport = createGrpcTransport({ address: "127.0.0.1:1" });
    closers.push(() => transport.close());
    await expect(transport.unary(daprMethods.getState, getState)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("refuses a request that is no gRPC", async () => {
    const { port } = await serve({});
    const session = connectHttp2(`http://127.0.0.1:${String(port)}`);
    closers.push(
      () =>
        new Promise<void>((resolve) => {
          session.close(resolve);
        }),
    );
    const request = session.request({ ":method": "POST", ":path": daprMethods.getState.path });
    const status = await new Promise((resolve) =>
      request.on("response", (headers) => {
        resolve(headers[":status"]);
      }),
    );
    expect(status).toBe(415);
  });

  it("lets running calls end when it closes", async () => {
    const server = createGrpcServer(
      methodHandlers(daprMethods, {
        getState: async () => {
          started();
          await delay(100);
          return { ...empty, etag: "late" };
        },
      }),
    );
    let started: () => void = () => undefined;
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const address = await server.listen({ port: 0 });
    const transport = createGrpcTransport({ address: `127.0.0.1:${"port" in address ? String(address.port) : ""}` });
    closers.push(() => transport.close());
    const reply = transport.unary(daprMethods.getState, getState);
    await running;
    await server.close();
    expect((await reply).etag).toBe("late");
  });
});

function event(id: string): SubscribeTopicEventsResponseAlpha1 {
  const value = {
    id,
    source: "",
    type: "",
    specVersion: "",
    dataContentType: "",
    data: Buffer.alloc(0),
    topic: "t",
    pubsubName: "p",
    path: "",
    extensions: undefined,
  };
  return { subscribeTopicEventsResponseType: { $case: "eventMessage", value } };
}
