import { join } from "node:path";
import { describeWith } from "@mecha/engines/vitest";
import { createGrpcServer, createGrpcTransport } from "@mecha/sdk-core/grpc";
import type { CallContext, MessageType, Metadata, UnaryMethod } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { expect, onTestFinished, test } from "vitest";
import { serveGrpc } from "../src/doors/grpc/serve-grpc.js";
import { resourceFolder } from "./runtime-fixture.js";
import { comparable, patience, tellingDaprd, tellingRuntime, type Telling } from "./telemetry-fixture.js";

const bytes: MessageType<unknown> = {
  encode: (message) => ({ finish: () => message as Uint8Array }),
  decode: (message) => Buffer.from(message),
  fromPartial: () => Buffer.alloc(0),
};

/** A service of the app's own. */
const buy: UnaryMethod<unknown, unknown> = { kind: "unary", path: "/test.Shop/Buy", request: bytes, response: bytes };
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** An app with a gRPC server; `seen` gets what its calls carry. */
async function startShop(seen: Metadata[]): Promise<number> {
  const handle = async (request: unknown, { metadata }: CallContext): Promise<unknown> => {
    seen.push(metadata);
    if (String(request) === "nothing") throw new MechaError("FAILED_PRECONDITION", "out of stöck");
    return request;
  };
  const server = createGrpcServer(new Map([[buy.path, { method: buy, handle }]]));
  const at = await server.listen({ port: 0 });
  onTestFinished(() => server.close({ graceMs: 10 }));
  return "port" in at ? at.port : 0;
}

/** Calls of the shop, one of which fails, from elsewhere and from itself. */
async function callShop(caller: string, own: string): Promise<void> {
  const metadata = { traceparent, "dapr-app-id": "shop", "dapr-mine": "seen" };
  for (const address of [caller, own]) {
    const transport = createGrpcTransport({ address });
    await transport.unary(buy, Buffer.from("one"), { metadata });
    const failed = transport.unary(buy, Buffer.from("nothing"), { metadata });
    await expect(failed).rejects.toMatchObject({ code: "FAILED_PRECONDITION", message: "out of stöck" });
    await transport.close();
  }
}

/** Counts of the calls, without those that daprd makes of every app by itself. */
function countsOf(page: string): readonly string[] {
  const samples = page.matchAll(/^dapr_(grpc_io_\w+_(?:completed_rpcs|latency_count))\{(.*)\} (\d+)$/gmu);
  return [...samples]
    .map(([, name, labels = "", value]) => [name, ...labels.split(",").sort(), value].join(" "))
    .filter((sample) => sample.includes(buy.path))
    .sort();
}

/** What the caller's side and the app's have told. */
async function told(sides: readonly Telling[]): Promise<unknown> {
  return Promise.all(
    sides.map(async ({ spans, page }, index) => {
      const ofShop = (): ReturnType<typeof spans> =>
        spans().filter(({ name }) => name.toLowerCase().includes("/test.shop/"));
      await expect.poll(() => ofShop().length, patience).toBe(index === 0 ? 2 : 4);
      return { spans: comparable(ofShop()), counts: countsOf(await page()) };
    }),
  );
}

async function onDaprd(): Promise<unknown> {
  const seen: Metadata[] = [];
  const common = { namesFile: join(await resourceFolder({}), "names.db"), logLevel: "warn" } as const;
  const shop = await tellingDaprd({ ...common, appId: "shop", appPort: await startShop(seen), appProtocol: "grpc" });
  const caller = await tellingDaprd({ ...common, appId: "caller" });
  await callShop(caller.sidecar.grpcAddress, shop.sidecar.grpcAddress);
  return told([caller, shop]);
}

async function onRuntime(): Promise<unknown> {
  const seen: Metadata[] = [];
  const baseFolder = await resourceFolder({});
  const appGrpcPort = await startShop(seen);
  // With a token to say, the runtime looks at each call of its app.
  const shop = await tellingRuntime({}, { appId: "shop", baseFolder, appGrpcPort, appApiToken: "of the app" });
  const caller = await tellingRuntime({}, { appId: "caller", baseFolder });
  const [atCaller, atShop] = await Promise.all([caller, shop].map(({ runtime }) => serveGrpc(runtime, { port: 0 })));
  await callShop(atCaller?.address ?? "", atShop?.address ?? "");
  for (const metadata of seen) {
    expect(metadata["traceparent"]).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/u);
    expect(metadata["traceparent"]).not.toBe(traceparent);
  }
  return told([caller, shop]);
}

describeWith(["daprd"], "what is told of calls of apps' own gRPC services", () => {
  test("spans and counts are those of daprd, where they leave and where they come in", {
    timeout: 120_000,
  }, async () => {
    const [daprd, runtime] = [await onDaprd(), await onRuntime()];
    expect(runtime).toEqual(daprd);
  });
});
