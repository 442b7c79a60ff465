import type { CallClient, CallTarget } from "./call-client.js";

/**
 * What is measured: the facades, the facades with coalescing, what they send their messages by without them, a raw grpc-js stub, and the
 * peer over both of its protocols.
 */
export type SideName = "mecha" | "mecha coalesced" | "bare transport" | "raw stub" | "dapr gRPC" | "dapr HTTP";

/** Makes the client of one side; only its own modules are loaded. */
export async function openSide(side: SideName, target: CallTarget): Promise<CallClient> {
  switch (side) {
    case "mecha":
      return (await import("./mecha-client.js")).openMecha(target);
    case "mecha coalesced":
      return (await import("./mecha-client.js")).openMecha(target, { coalesce: true });
    case "bare transport": {
      const { createGrpcTransport } = await import("@mecha/sdk-core/grpc");
      const { openRawClient } = await import("./raw-client.js");
      const transport = createGrpcTransport({ address: `127.0.0.1:${target.grpcPort}` });
      return openRawClient(target, (method, message) => transport.unary(method, message));
    }
    case "raw stub": {
      const { openRawStub } = await import("../raw-stub.js");
      const { openRawClient } = await import("./raw-client.js");
      return openRawClient(target, openRawStub(target.grpcPort));
    }
    case "dapr gRPC":
      return (await import("./dapr-client.js")).openDapr(target, "grpc");
    case "dapr HTTP":
      return (await import("./dapr-client.js")).openDapr(target, "http");
  }
}
