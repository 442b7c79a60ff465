import { createGrpcServer, createGrpcTransport } from "@mecha/sdk-core/grpc";
import type {
  CallContext,
  MessageType,
  Metadata,
  StreamMethod,
  Transport,
  UnaryMethod,
} from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { expect, onTestFinished, test } from "vitest";
import type { WireEntry } from "../src/doors/handler-table.js";
import { serveGrpc } from "../src/doors/grpc/serve-grpc.js";
import { testRuntime } from "./runtime-fixture.js";

/** Bytes as they are: what passes the door is not parsed. */
const bytes: MessageType<unknown> = {
  encode: (message) => ({ finish: () => message as Uint8Array }),
  decode: (message) => Buffer.from(message),
  fromPartial: () => Buffer.alloc(0),
};

const say: UnaryMethod<unknown, unknown> = {
  kind: "unary",
  path: "/test.Echo/Say",
  request: bytes,
  response: bytes,
};
const chat: StreamMethod<unknown, unknown> = {
  ...{ kind: "stream", path: "/test.Echo/Chat", request: bytes, response: bytes },
  requestStream: true,
  responseStream: true,
};

/** An app with a service of its own, and a client of the door of its runtime. */
async function open(seen: Metadata[] = []): Promise<Transport> {
  const server = createGrpcServer(
    new Map<string, WireEntry>([
      [
        say.path,
        {
          method: say,
          handle: async (request: unknown, { metadata, setHeader, setTrailer }: CallContext) => {
            seen.push(metadata);
            setHeader("x-header", "1");
            setTrailer("x-trailer", "2");
            if (String(request) === "fail") throw new MechaError("FAILED_PRECONDITION", "out of stöck");
            return request;
          },
        },
      ],
      [
        chat.path,
        {
          method: chat,
          async *handle(requests: AsyncIterable<unknown>) {
            for await (const request of requests) yield Buffer.from(String(request).toUpperCase());
          },
        },
      ],
    ]),
  );
  const listening = await server.listen({ port: 0 });
  onTestFinished(() => server.close({ graceMs: 100 }));
  const runtime = await testRuntime({}, "port" in listening ? { appGrpcPort: listening.port } : {});
  const door = await serveGrpc(runtime, { port: 0 }, { apiToken: "secret" });
  const transport = createGrpcTransport({ address: door.address, apiToken: "secret" });
  onTestFinished(() => transport.close());
  return transport;
}

const metadata = { "dapr-app-id": "test-app", "x-asked": "so" };

test("a call of the app's own service passes the door with headers and trailers, without the token", async () => {
  const seen: Metadata[] = [];
  const transport = await open(seen);
  const got: Metadata[] = [];
  const reply = await transport.unary(say, Buffer.from("hello"), {
    metadata,
    onHeader: (received) => (got[0] = received),
    onTrailer: (received) => (got[1] = received),
  });
  expect(String(reply)).toBe("hello");
  expect(got).toMatchObject([{ "x-header": "1" }, { "x-trailer": "2" }]);
  expect(seen[0]).toMatchObject({ "x-asked": "so" });
  expect(seen[0]).not.toHaveProperty("dapr-api-token");
});

test("large messages and many calls pass on one connection", async () => {
  const transport = await open();
  const large = Buffer.alloc(1_000_000, "x");
  const replies = await Promise.all([1, 2, 3, 4].map(() => transport.unary(say, large, { metadata })));
  expect(replies.map((reply) => (reply as Buffer).length)).toEqual([1_000_000, 1_000_000, 1_000_000, 1_000_000]);
});

test("both directions of a stream pass while it is open", async () => {
  const transport = await open();
  let goOn = (): void => undefined;
  const firstIsBack = new Promise<void>((resolve) => (goOn = resolve));
  async function* requests() {
    yield Buffer.from("one");
    await firstIsBack;
    yield Buffer.from("two");
  }
  const got: string[] = [];
  for await (const response of transport.stream(chat, requests(), { metadata })) {
    got.push(String(response));
    goOn();
  }
  expect(got).toEqual(["ONE", "TWO"]);
});

test("the app's status comes back; that of an app which is not there, or of nobody's, is the door's", async () => {
  const transport = await open();
  await expect(transport.unary(say, Buffer.from("fail"), { metadata })).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: "out of stöck",
  });
  await expect(transport.unary(say, Buffer.from("x"), { metadata: { "dapr-app-id": "nobody" } })).rejects.toMatchObject(
    { code: "UNAVAILABLE" },
  );
  await expect(transport.unary(say, Buffer.from("x"))).rejects.toMatchObject({
    code: "UNIMPLEMENTED",
    message: expect.stringContaining(`The method ${say.path} is not known here, and`),
  });
});
