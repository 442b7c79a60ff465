import { MechaError } from "@mecha/spec";
import { callerMetadata } from "../../access/caller.js";
import type { Runtime } from "../../runtime.js";

/** Where the gRPC door is: a TCP port (0 takes a free one) of an address, or a Unix socket. */
export type GrpcDoorAddress = { readonly host?: string; readonly port: number } | { readonly path: string };

/** Who may call the gRPC door. */
export interface GrpcDoorOptions {
  /** What callers have to send as `dapr-api-token`. @defaultValue nothing */
  readonly apiToken?: string;
}

/** A gRPC door that is open. */
export interface GrpcDoor extends AsyncDisposable {
  /** The address for a client: `host:port`, or `unix:` and the path. */
  readonly address: string;
  /** Takes no new calls and waits for those under way. Idempotent. */
  close(): Promise<void>;
}

/**
 * Serves the Dapr service of a runtime over gRPC, as a sidecar does; other services go to the app that `dapr-app-id` names. The door keeps the process alive until it is closed, by itself
 * or with its runtime, which ends open subscriptions first.
 *
 * @throws MechaError `UNAVAILABLE` if the address cannot be had.
 */
export async function serveGrpc(
  runtime: Runtime,
  address: GrpcDoorAddress,
  { apiToken = "" }: GrpcDoorOptions = {},
): Promise<GrpcDoor> {
  const [{ createGrpcServer }, { createTokenCheck }, { wireTable }, { GrpcProxy }] = await Promise.all([
    import("@mecha/sdk-core/grpc-server"),
    import("../token-check.js"),
    import("../wire-table.js"),
    import("./grpc-proxy.js"),
  ]);
  const proxy = new GrpcProxy((appId) => runtime.openAppGrpc(appId), callerMetadata(runtime.appId), {
    policyFor: runtime.protection?.proxyPolicies(runtime.appId),
    maxMessageBytes: runtime.maxMessageBytes,
  });
  const isToken = createTokenCheck(apiToken);
  const checkAccess = await apiAccessOf(runtime);
  const server = createGrpcServer(runtime.observers.grpcDoor(wireTable(runtime.handlers)), {
    maximumMessageBytes: runtime.maxMessageBytes,
    onUnknown: runtime.observers.proxiedCalls((stream, headers) => void proxy.pass(stream, headers)),
    ...((apiToken !== "" || checkAccess !== undefined) && {
      authorize: (headers, path) => {
        if (apiToken !== "") checkToken(headers["dapr-api-token"], isToken);
        checkAccess?.(path);
      },
    }),
  });
  const listening = await server.listen(address);
  const host = "path" in address ? "" : (address.host ?? "127.0.0.1");
  let closing: Promise<void> | undefined;
  const end = (grace: { readonly graceMs?: number }): Promise<void> => {
    removeDoor();
    return (closing ??= server.close(grace).finally(() => proxy.close()));
  };
  const removeDoor = runtime.addDoor((graceMs) => end({ graceMs }));
  const close = (): Promise<void> => end({});
  return {
    address: "path" in listening ? `unix:${listening.path}` : `${host}:${String(listening.port)}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What keeps callers from parts of the API that the Configuration closes. */
async function apiAccessOf({ api }: Runtime): Promise<((path: string) => void) | undefined> {
  if (api === undefined) return undefined;
  const { createGrpcApiAccess } = await import("../../access/grpc-api-access.js");
  return createGrpcApiAccess(api);
}

function checkToken(token: string | undefined, isToken: (token: string) => boolean): void {
  if (token !== undefined && isToken(token)) return;
  const why = token === undefined || token === "" ? "missing" : "mismatch";
  throw new MechaError("UNAUTHENTICATED", `authentication error: api token ${why}`, { operation: "grpc.authenticate" });
}
