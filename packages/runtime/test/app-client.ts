import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { appGrpcPath, type Transport } from "@mecha/sdk-core/protocol";
import { onTestFinished } from "vitest";
import type { Runtime } from "../src/runtime.js";

/** A client of the gRPC server of an app, on connections of the in-process transport as `mecha.grpc()` has them. */
export async function appClient({ transport }: Runtime, appId: string): Promise<Transport> {
  const relay = createServer({ allowHalfOpen: true }, (socket) => {
    void transport
      .openRaw(appGrpcPath, { "app-id": appId })
      .then((app) => pipeline(socket, app, socket))
      .catch(() => socket.destroy());
  }).listen(0, "127.0.0.1");
  await once(relay, "listening");
  // A server that listens on TCP has an address with a port.
  const { port } = relay.address() as AddressInfo;
  const client = createGrpcTransport({ address: `127.0.0.1:${String(port)}` });
  onTestFinished(async () => {
    await client.close();
    relay.close();
  });
  return client;
}
