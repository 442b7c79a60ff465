import type { Runtime } from "../../runtime.js";

/** Where the gRPC door is: a TCP port (0 takes a free one) of an address, or a Unix socket. */
export type GrpcDoorAddress = { readonly host?: string; readonly port: number } | { readonly path: string };

/** A gRPC door that is open. */
export interface GrpcDoor extends AsyncDisposable {
  /** The address for a client: `host:port`, or `unix:` and the path. */
  readonly address: string;
  /** Takes no new calls and waits for those under way. Idempotent. */
  close(): Promise<void>;
}

/**
 * Serves the Dapr service of a runtime over gRPC, as a sidecar does. The door keeps the process alive until it is closed;
 * close it before the runtime.
 */
export async function serveGrpc(runtime: Runtime, address: GrpcDoorAddress): Promise<GrpcDoor> {
  const { createGrpcServer } = await import("@mecha/sdk-core/grpc");
  const server = createGrpcServer(runtime.handlers, { maximumMessageBytes: runtime.maxMessageBytes });
  const listening = await server.listen(address);
  const host = "path" in address ? "" : (address.host ?? "127.0.0.1");
  const close = (): Promise<void> => server.close();
  return {
    address: "path" in listening ? `unix:${listening.path}` : `${host}:${String(listening.port)}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}
