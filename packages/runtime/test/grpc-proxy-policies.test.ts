import { join } from "node:path";
import { startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
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
import type { WireEntry } from "../src/doors/handler-table.js";
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
  const entries = Object.entries(answers).map(([name, answer]): WireEntry => {
    const handle = async (request: unknown, { setHeader }: { setHeader: (name: string, value: string) => void }) => {
      const made = count(name);
      setHeader("x-made", String(made));
      const result = await answer(request, made);
      if (MechaError.is(result)) throw result;
      return result;
    };
    return { method: unary(name), handle };
  });
  const streams: readonly WireEntry[] = [
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

interface Target {
  /** A client of an app's gRPC server. */
  readonly client: (appId: string) => Promise<Transport>;
  readonly metadata: (appId: string) => Metadata;
  /** How often each method was called. */
  readonly calls: ReadonlyMap<string, number>;
}

/** Through the gRPC door, as from a sidecar's app. */
async function throughDoor(runtime: Runtime): Promise<Omit<Target, "calls">> {
  return throughAddress((await serveGrpc(runtime, { port: 0 })).address);
}

function throughAddress(address: string): Omit<Target, "calls"> {
  const transport = createGrpcTransport({ address });
  onTestFinished(() => transport.close());
  return { client: async () => transport, metadata: (appId) => ({ "dapr-app-id": appId }) };
}

/** As `mecha.grpc()`. */
async function embedded(runtime: Runtime): Promise<Omit<Target, "calls">> {
  return { client: (appId) => appClient(runtime, appId), metadata: () => ({}) };
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function chat({ client, metadata }: Target, name: string, more: Metadata, ...texts: readonly string[]) {
  const got: string[] = [];
  const options = { metadata: { ...metadata("shop"), ...more } };
  const shop = await client("shop");
  for await (const reply of shop.stream(streamed(name), pieces(...texts), options)) got.push(String(reply));
  return got;
}

/** What callers of two apps, and of their own, get under the policies, on any runtime. */
async function check(target: Target): Promise<void> {
  const { client, metadata, calls } = target;
  const call = async (name: string, appId = "shop", options = {}) =>
    (await client(appId)).unary(unary(name), Buffer.from("hello"), { metadata: metadata(appId), ...options });

  const headers: Metadata[] = [];
  const onHeader = (received: Metadata): void => void headers.push(received);
  expect(String(await call("Unstable", "shop", { onHeader }))).toBe("hello 3");
  expect(headers).toMatchObject([{ "x-made": "3" }]);
  await expect(call("Refuse")).rejects.toMatchObject({ code: "FAILED_PRECONDITION", message: "out of stock" });
  await expect(call("Down")).rejects.toMatchObject({ code: "UNAVAILABLE", message: "not yet" });
  await expect(call("Down")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(call("Down")).rejects.toMatchObject({ code: "UNKNOWN", message: "circuit breaker is open" });
  expect(Object.fromEntries(calls)).toEqual({ Unstable: 3, Refuse: 1, Down: 6 });

  await expect(call("Own", "caller")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(calls.get("Own")).toBe(1);

  expect(await chat(target, "Chat", { "dapr-stream": "true" }, "one", "two")).toEqual(["ONE", "TWO"]);
  expect(await chat(target, "Chat", {}, "one")).toEqual(["ONE"]);
  await expect(chat(target, "Chat", {}, "one", "two")).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringContaining("cannot use resiliency policies with retries on streaming RPCs") as unknown,
  });
}

it.each([
  ["the gRPC door", throughDoor],
  ["the embedded runtime", embedded],
])(
  "calls of an app's own services through %s have its policies",
  async (_, open) => {
    const { port, calls } = await startServer();
    const baseFolder = await resourceFolder({});
    for (const appId of ["shop", "bank"]) await testRuntime({}, { appId, baseFolder, appGrpcPort: port });
    const files = { "r.yaml": resiliencyYaml(policies) };
    const caller = await testRuntime(files, { appId: "caller", baseFolder, appGrpcPort: port });
    const target = { ...(await open(caller)), calls };
    await check(target);

    // daprd breaks the call off instead.
    const bank = await target.client("bank");
    const slow = bank.unary(unary("Slow"), Buffer.alloc(0), { metadata: target.metadata("bank") });
    await expect(slow).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED", message: "context deadline exceeded" });
    expect(calls.get("Slow")).toBe(3);
    // Its caller has seen a part, which it must not see again.
    await expect(chat(target, "Partial", {}, "one")).rejects.toMatchObject({ code: "UNAVAILABLE", message: "not yet" });
    expect(calls.get("Partial")).toBe(1);
    const large = Buffer.alloc(1_000_000, "x");
    const shop = await target.client("shop");
    const whole = await shop.unary(unary("Unstable"), large, { metadata: target.metadata("shop") });
    expect((whole as Buffer).length).toBe(large.length + 2);
  },
  60_000,
);

describeWith("daprd", "daprd", () => {
  it("has calls between two sidecars under the same policies", { timeout: 90_000 }, async () => {
    const { port, calls } = await startServer();
    const folder = await resourceFolder({});
    const policyFolder = await resourceFolder({ "r.yaml": resiliencyYaml(policies) });
    const common = {
      appPort: port,
      appProtocol: "grpc",
      namesFile: join(folder, "names.db"),
      logLevel: "warn",
    } as const;
    await using _shop = await startDaprd({ ...common, appId: "shop" });
    await using daprd = await startDaprd({ ...common, appId: "caller", resourcesFolders: [policyFolder] });
    await check({ ...throughAddress(daprd.grpcAddress), calls });
  });
});
