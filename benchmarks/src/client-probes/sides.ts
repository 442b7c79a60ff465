import type { CallClient, CallTarget } from "./call-client.js";

/** What is measured: the facades, the facades with coalescing, a raw grpc-js stub, and the peer over both of its protocols. */
export type SideName = "mecha" | "mecha coalesced" | "raw stub" | "dapr gRPC" | "dapr HTTP";

/** Makes the client of one side; only its own modules are loaded. */
export async function openSide(side: SideName, target: CallTarget): Promise<CallClient> {
  switch (side) {
    case "mecha":
      return (await import("./mecha-client.js")).openMecha(target);
    case "mecha coalesced":
      return (await import("./mecha-client.js")).openMecha(target, { coalesce: true });
    case "raw stub":
      return (await import("./raw-client.js")).openRawClient(target);
    case "dapr gRPC":
      return (await import("./dapr-client.js")).openDapr(target, "grpc");
    case "dapr HTTP":
      return (await import("./dapr-client.js")).openDapr(target, "http");
  }
}
