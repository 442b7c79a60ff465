import { connect } from "node:net";
import { once } from "node:events";
import { createGrpcServer, type ListenAddress } from "@mecha/sdk-core/grpc-server";
import { daprMethods, type common, type invocation, type Metadata, type UnaryHandler } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import type { AccessControl } from "../access/access-control.js";
import { GrpcProxy } from "../doors/grpc/grpc-proxy.js";
import { withMetadata } from "../doors/derived-call.js";
import type { WireEntry } from "../doors/handler-table.js";
import { createTokenCheck } from "../doors/token-check.js";
import type { GrpcWay } from "../instances/grpc-way.js";
import type { Invoke, PassCall } from "../observers/observers.js";
import { peerTokenHeader } from "./peer-token.js";

/** What other runtimes may call here. */
export interface PeerDoorOptions {
  readonly appId: string;
  readonly maxMessageBytes: number;
  /** What they have to send; empty for nothing. */
  readonly token: string;
  /** Service invocation of the app, its access control around it. @defaultValue not taken */
  readonly invoke?: Invoke;
  /** What is put around calls of the app's own gRPC services. */
  readonly aroundServices: (pass: PassCall) => PassCall;
  /** Who may call the app's own gRPC services. @defaultValue everybody */
  readonly access?: AccessControl;
  /** Port of 127.0.0.1 on which the app has a gRPC server of its own. @defaultValue none */
  readonly appGrpcPort?: number;
  /** What the app is sent as `dapr-api-token`, so that it knows its runtime. @defaultValue nothing */
  readonly appApiToken?: string;
}

/** A door for other runtimes that is open. */
export interface PeerDoor {
  /** Where it is: a port, or a socket. */
  readonly at: { readonly port: number } | { readonly path: string };
  /** Takes no new calls and waits for those under way. */
  close(): Promise<void>;
}

/**
 * Opens the door at which other runtimes call the app of this one, and nothing else of it: Dapr's InvokeService for this app, and
 * the services of its own gRPC server. The door does not keep the process alive.
 *
 * @throws MechaError `UNAVAILABLE` if the address cannot be had
 */
export async function openPeerDoor(options: PeerDoorOptions, address: ListenAddress): Promise<PeerDoor> {
  const { appId, maxMessageBytes, token, invoke, aroundServices, access, appGrpcPort, appApiToken = "" } = options;
  const isToken = createTokenCheck(token);
  const proxy = new GrpcProxy(() => openApp(appGrpcPort), appApiToken === "" ? {} : { "dapr-api-token": appApiToken });
  const pass: PassCall = (stream, headers) => void proxy.pass(stream, headers, appId);
  const told = aroundServices(pass);
  const handlers = new Map<string, WireEntry>();
  // The table has paired the method with who answers it.
  if (invoke !== undefined)
    handlers.set(daprMethods.invokeService.path, {
      method: daprMethods.invokeService,
      handle: invokeOwn(appId, invoke),
    } as WireEntry);
  const server = createGrpcServer(handlers, {
    maximumMessageBytes: maxMessageBytes,
    authorize(headers, path) {
      if (token !== "" && !isToken(headers[peerTokenHeader] ?? "")) throw notOneOfUs();
      if (!handlers.has(path)) access?.admitGrpc(path, headers);
    },
    onUnknown: (stream, headers) => {
      // The app's own calls of itself come by its runtime's other door, which has told of them.
      (headers["dapr-caller-app-id"] === appId ? pass : told)(stream, headers);
    },
  });
  const at = await server.listen(address);
  server.unref();
  return {
    at,
    async close() {
      await server.close();
      await proxy.close();
    },
  };
}

function invokeOwn(
  appId: string,
  invoke: Invoke,
): UnaryHandler<invocation.InvokeServiceRequest, common.InvokeResponse> {
  return async ({ id, message }, context) => {
    if (id !== appId) {
      throw new MechaError("NOT_FOUND", `This is the runtime of app "${appId}", not of "${id}"`, {
        operation: "invocation.invoke",
      });
    }
    const { [peerTokenHeader]: _token, ...metadata }: Metadata = context.metadata;
    return invoke(message ?? { method: "", contentType: "" }, withMetadata(context, metadata));
  };
}

async function openApp(port: number | undefined): Promise<GrpcWay> {
  if (port === undefined)
    throw new MechaError(
      "UNIMPLEMENTED",
      "The app has no gRPC server of its own: APP_PROTOCOL=grpc and APP_PORT say so",
    );
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect").catch((cause: unknown) => {
    throw new MechaError("UNAVAILABLE", `The gRPC server of the app does not answer on port ${String(port)}`, {
      cause,
    });
  });
  return { socket, headers: {}, asksWho: false };
}

function notOneOfUs(): MechaError {
  return new MechaError(
    "UNAUTHENTICATED",
    "The runtime that calls has not the token of its peers: set MECHA_PEER_TOKEN to the same secret for all of them",
    { operation: "peers.authenticate" },
  );
}
