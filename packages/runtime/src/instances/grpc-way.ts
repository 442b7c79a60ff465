import type { Duplex } from "node:stream";
import type { Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";

/** A connection to the gRPC server of an app, or to who passes calls on to it. */
export interface GrpcWay {
  readonly socket: Duplex;
  /** What has to go with each call. */
  readonly headers: Metadata;
}

/**
 * The connection itself, for clients that speak gRPC on it.
 *
 * @throws MechaError `FAILED_PRECONDITION` where the token of peers has to go with each call, which such a client does not have
 */
export function rawSocket(appId: string, { socket, headers }: GrpcWay): Duplex {
  if (Object.keys(headers).length === 0) return socket;
  socket.destroy();
  throw new MechaError(
    "FAILED_PRECONDITION",
    `The gRPC server of app "${appId}" is on another machine, whose runtime asks for a token: reach it through a sidecar (mecha run)`,
    { operation: "invocation.grpc", component: appId },
  );
}
