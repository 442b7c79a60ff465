import { createGrpcServer, createGrpcTransport } from "@mecha/sdk-core/grpc";
import {
  type MessageType,
  type Metadata,
  type StreamMethod,
  type Transport,
  type UnaryMethod,
} from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { expect, it, onTestFinished } from "vitest";
import type { TableEntry } from "../src/doors/handler-table.js";
import { serveGrpc } from "../src/doors/grpc/serve-grpc.js";
import type { Runtime } from "../src/runtime.js";
import { appClient } from "./app-client.js";
import { resiliencyYaml } from "./resiliency-fixture.js";
import { resourceFolder, testRuntime } from "./runtime-fixture.js";

const bytes: MessageType<unknown> = {
  encode: (message) => ({ finish: () => message as Uint8Array }),
  decode: (message) => Buffer.from(message),
  fromPartial: () => Buffer.alloc(0),
};

function unary(name: string): UnaryMethod<unknown, unknown> {
  return { kind: "unary", path: `/test.Shop/${name}`, request: bytes, response: bytes };
}

function streamed(name: string): StreamMethod<unknown, unknown> {
  return { ...unary(name), kind: "stream", requestStream: true, responseStream: true };
}

/** An app's gRPC server, and how often each of its methods was called. */
async function startServer(): Promise<{ readonly port: number; readonly calls: Map<string, number> }> {
  const calls = new Map<string, number>();
  const count = (name: string): number => {
    calls.set(name, (calls.get(name) ?? 0) + 1);
    return calls.get(name) ?? 0;
  };
  const down = (): MechaError => new MechaError("UNAVAILABLE", "not yet");
  const answers: Readonly<Record<string, (request: unknown, made: number) => unknown>> = {
    Unstable: (request, made) => (made > 2 ? Buffer.from(`${String(request)} ${String(made)}`) : down()),
    Down: down,
    Refuse: () => new MechaError("FAILED_PRECONDITION", "out of stock"),
    Slow: () => new Promise(() => undefined),
    Own: down,
  };
  const entries = Object.entries(answers).map(([name, answer]): TableEntry => {
    const handle = async (request: unknown, { setHeader }: { setHeader: (name: string, value: string) => void }) => {
      const made = count(name);
      setHeader("x-made", String(made));
      const result = await answer(request, made);
      if (MechaError.is(result)) throw result;
      return result;
    };
    return { method: unary(name), handle };
  });
  const streams: readonly TableEntry[] = [
    {
      method: streamed("Chat"),
      async *handle(requests: AsyncIterable<unknown>) {
        count("Chat");
        for await (const request of requests) yield Buffer.from(String(request).toUpperCase());
      },
    },
    {
      method: streamed("Partial"),
      async *handle() {
        count("Partial");
        yield Buffer.from("first");
        throw down();
      },
    },
  ];
  const server = createGrpcServer(new Map([...entries, ...streams].map((entry) => [entry.method.path, entry])));
  const listening = await server.listen({ port: 0 });
  onTestFinished(() => server.close({ graceMs: 10 }));
  return { port: "port" in listening ? listening.port : 0, calls };
}

const policies = {
  policies: {
    timeouts: { short: "300ms" },
    retries: { twice: { duration: "5ms", maxRetries: 2, matching: { gRPCStatusCodes: "13-14" } } },
    circuitBreakers: { simple: { timeout: "60s", trip: "consecutiveFailures >= 6" } },
  },
  // The timeout is for another one, so that no call of the first can be too slow by chance.
  targets: { apps: { shop: { retry: "twice", circuitBreaker: "simple" }, bank: { timeout: "short", retry: "twice" } } },
};

interface Caller {
  /** A client of an app's gRPC server. */
  readonly client: (appId: string) => Promise<Transport>;
  readonly metadata: (appId: string) => Metadata;
}

/** Through the gRPC door, as from a sidecar's app. */
async function throughDoor(runtime: Runtime): Promise<Caller> {
  const door = await serveGrpc(runtime, { port: 0 });
  const transport = createGrpcTransport({ address: door.address });
  onTestFinished(() => transport.close());
  return { client: async () => transport, metadata: (appId) => ({ "dapr-app-id": appId }) };
}

/** As `mecha.grpc()`. */
async function embedded(runtime: Runtime): Promise<Caller> {
  return { client: (appId) => appClient(runtime, appId), metadata: () => ({}) };
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

it.each([
  ["the gRPC door", throughDoor],
  ["the embedded runtime", embedded],
])(
  "calls of an app's own services through %s have its policies, as between two sidecars",
  async (_, open) => {
    const { port, calls } = await startServer();
    const baseFolder = await resourceFolder({});
    for (const appId of ["shop", "bank"]) await testRuntime({}, { appId, baseFolder, appGrpcPort: port });
    const caller = await testRuntime(
      { "r.yaml": resiliencyYaml(policies) },
      { appId: "caller", baseFolder, appGrpcPort: port },
    );
    const { client, metadata } = await open(caller);
    const shop = await client("shop");
    const call = (name: string, options = {}) =>
      shop.unary(unary(name), Buffer.from("hello"), { metadata: metadata("shop"), ...options });

    const headers: Metadata[] = [];
    const onHeader = (received: Metadata): void => void headers.push(received);
    expect(String(await call("Unstable", { onHeader }))).toBe("hello 3");
    expect(headers).toMatchObject([{ "x-made": "3" }]);
    await expect(call("Refuse")).rejects.toMatchObject({ code: "FAILED_PRECONDITION", message: "out of stock" });
    await expect(call("Down")).rejects.toMatchObject({ code: "UNAVAILABLE", message: "not yet" });
    await expect(call("Down")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(call("Down")).rejects.toMatchObject({ code: "UNKNOWN", message: "circuit breaker is open" });
    expect(Object.fromEntries(calls)).toEqual({ Unstable: 3, Refuse: 1, Down: 6 });

    const bank = await client("bank");
    await expect(bank.unary(unary("Slow"), Buffer.alloc(0), { metadata: metadata("bank") })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      message: "context deadline exceeded",
    });
    expect(calls.get("Slow")).toBe(3);

    const chat = async (name: string, more: Metadata, ...texts: readonly string[]): Promise<string[]> => {
      const got: string[] = [];
      const options = { metadata: { ...metadata("shop"), ...more } };
      for await (const reply of shop.stream(streamed(name), pieces(...texts), options)) got.push(String(reply));
      return got;
    };
    expect(await chat("Chat", { "dapr-stream": "true" }, "one", "two")).toEqual(["ONE", "TWO"]);
    expect(await chat("Chat", {}, "one")).toEqual(["ONE"]);
    await expect(chat("Chat", {}, "one", "two")).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining("cannot use resiliency policies with retries on streaming RPCs") as unknown,
    });
    // Its caller has seen a part, which it must not see again.
    await expect(chat("Partial", {}, "one")).rejects.toMatchObject({ code: "UNAVAILABLE", message: "not yet" });
    expect(calls.get("Partial")).toBe(1);

    const large = Buffer.alloc(1_000_000, "x");
    const whole = await shop.unary(unary("Unstable"), large, { metadata: metadata("shop") });
    expect((whole as Buffer).length).toBe(large.length + 2);

    const own = await client("caller");
    await expect(own.unary(unary("Own"), Buffer.alloc(0), { metadata: metadata("caller") })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect(calls.get("Own")).toBe(1);
  },
  60_000,
);
