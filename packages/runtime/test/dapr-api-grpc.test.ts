import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { daprApiSuite, type DaprApiRun, suiteRun } from "@mecha/conformance";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import * as test from "vitest";
import { serveGrpc } from "../src/doors/grpc/serve-grpc.js";
import type { GrpcDoorAddress } from "../src/doors/grpc/serve-grpc.js";
import type { Runtime } from "../src/runtime.js";
import { openEmbeddedTarget, type Door } from "./dapr-api-endpoint.js";

async function grpcDoor(runtime: Runtime, address: GrpcDoorAddress): Promise<Door> {
  const door = await serveGrpc(runtime, address);
  const transport = createGrpcTransport({ address: door.address });
  return {
    transport,
    mode: "sidecar",
    async close() {
      await transport.close();
      await door.close();
    },
  };
}

test.describe("over gRPC on a TCP port", () => {
  // The door is this test's to close, not the runtime's: it answers on.
  const run: DaprApiRun = { ...suiteRun, services: ["actors", "jobs"] };
  daprApiSuite(test, () => openEmbeddedTarget((runtime) => grpcDoor(runtime, { port: 0 })), run);
});

test.it("the gRPC door opens on a Unix socket as well", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mecha-door-"));
  const endpoint = await openEmbeddedTarget((runtime) => grpcDoor(runtime, { path: join(folder, "door.sock") }));
  const { daprMethods } = await import("@mecha/sdk-core/protocol");
  test.expect((await endpoint.transport.unary(daprMethods.getMetadata, {})).id).toBe("suite-app");
  await endpoint.close();
  await rm(folder, { recursive: true, force: true });
});
