import { credentials, Client } from "@grpc/grpc-js";
import { createRuntime } from "@mecha/runtime";
import { expect, it, onTestFinished } from "vitest";
import { EchoClient, serveEcho } from "../../test/echo-service.js";
import { mechaOver, temporaryFolder, testRuntime } from "../../test/mecha-fixture.js";
import { checkProxiedCalls } from "../../test/proxied-calls.js";
import { createMecha } from "../mecha.js";

async function runtimeOf(appId: string, folder: string, appGrpcPort?: number) {
  const runtime = await createRuntime({
    appId,
    resourcesPaths: [],
    baseFolder: folder,
    ...(appGrpcPort !== undefined && { appGrpcPort }),
  });
  onTestFinished(() => runtime.close());
  return runtime;
}

it("passes every kind of call to the gRPC server of another embedded app", async () => {
  const server = await serveEcho();
  const folder = await temporaryFolder();
  await runtimeOf("shop", folder, server.port);
  const caller = await mechaOver(await runtimeOf("caller", folder), "embedded");
  await checkProxiedCalls(await caller.grpc("shop", EchoClient), server);
});

it("says how an app tells where its server is, and that nobody listens there", async () => {
  const folder = await temporaryFolder();
  const caller = await mechaOver(await runtimeOf("caller", folder), "embedded");
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", onWarning);
  onTestFinished(() => void process.off("warning", onWarning));
  const say = async (appId: string): Promise<unknown> => {
    const client = await caller.grpc(appId, EchoClient);
    return new Promise((resolve) => {
      client.count("1").on("error", resolve).resume();
    });
  };
  expect(await say("nobody")).toMatchObject({ code: 14 });
  await expect.poll(() => warnings.join()).toContain("APP_PROTOCOL=grpc");
  await runtimeOf("gone", folder, 1);
  expect(await say("gone")).toMatchObject({ code: 14 });
  await expect.poll(() => warnings.join()).toContain("Nothing listens on 127.0.0.1 at 1");
});

it("closes its clients with the connection", async () => {
  const server = await serveEcho();
  const folder = await temporaryFolder();
  const caller = await mechaOver(await runtimeOf("shop", folder, server.port), "embedded");
  const client = await caller.grpc("shop", EchoClient);
  await caller.close();
  expect(() => client.count("1")).toThrow(/shut down/);
});

it("refuses what is no client class, and a connection without an address", async () => {
  const mecha = await mechaOver(await testRuntime([]), "embedded");
  class Broken extends Client {
    constructor() {
      super("127.0.0.1:1", credentials.createInsecure());
      throw new TypeError("not of this copy");
    }
  }
  await expect(mecha.grpc("shop", Broken)).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining("npm ls @grpc/grpc-js") as unknown,
  });
  const { transport } = mecha;
  const nowhere = createMecha({ mode: "sidecar", transport, close: () => Promise.resolve() }, "app");
  await expect(nowhere.grpc("shop", EchoClient)).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
});
