import type { Socket } from "node:net";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import {
  type common,
  daprMethods,
  isUnsent,
  type CallContext,
  type Metadata,
  type Transport,
} from "@mecha/sdk-core/protocol";
import { MechaError, type NameResolver } from "@mecha/spec";
import { passedCall } from "../app-channel/passed-call.js";
import { connectSocket } from "../instances/connect-socket.js";
import type { GrpcWay } from "../instances/grpc-way.js";
import { invocationFailure } from "../instances/invoke-remote.js";
import { readHostAddress } from "./host-address.js";
import { KnownAddresses } from "./known-addresses.js";
import { peerTokenHeader } from "./peer-token.js";

/** How apps on other machines are called. */
export interface PeerAppsOptions {
  readonly resolver: NameResolver;
  readonly maxMessageBytes: number;
  /** Empty for none. */
  readonly token: string;
}

/**
 * Calls apps through the runtimes beside them, which a resolver finds: Dapr's own InvokeService, at the door that those open for
 * peers, to each in turn. A peer that was not reached is passed over; one that broke off in the middle gives `UNAVAILABLE`.
 */
export class PeerApps {
  readonly #addresses: KnownAddresses;
  readonly #maxMessageBytes: number;
  readonly #headers: Metadata;
  readonly #transports = new Map<string, Transport>();

  constructor({ resolver, maxMessageBytes, token }: PeerAppsOptions) {
    this.#addresses = new KnownAddresses(resolver);
    this.#maxMessageBytes = maxMessageBytes;
    this.#headers = token === "" ? {} : { [peerTokenHeader]: token };
  }

  /** Calls an app; `undefined` if the resolver does not know it. */
  async invoke(
    id: string,
    message: common.InvokeRequest,
    context: CallContext,
  ): Promise<common.InvokeResponse | undefined> {
    const addresses = await this.#addresses.of(id);
    const [appId = ""] = id.split(".", 1);
    let failure: unknown;
    for (const address of addresses) {
      try {
        return await this.#transportTo(address).unary(
          daprMethods.invokeService,
          { id: appId, message },
          passedCall(context, this.#headers),
        );
      } catch (thrown) {
        if (!isUnsent(thrown)) throw invocationFailure(id, thrown);
        failure = thrown;
        this.#forget(id, address);
      }
    }
    if (failure !== undefined) throw unreachable(id, addresses, failure);
    return undefined;
  }

  /** Connects to the gRPC server of an app, by way of its runtime; `undefined` if the resolver does not know the app. */
  async openGrpc(id: string): Promise<GrpcWay | undefined> {
    const addresses = await this.#addresses.of(id);
    for (const address of addresses) {
      const socket = await connectTo(address);
      if (socket !== undefined) return { socket, headers: this.#headers, asksWho: true };
      this.#addresses.forget(id);
    }
    if (addresses.length > 0) throw unreachable(id, addresses);
    return undefined;
  }

  async close(): Promise<void> {
    const open = [...this.#transports.values()];
    this.#transports.clear();
    await Promise.all(open.map((transport) => transport.close()));
  }

  #transportTo(address: string): Transport {
    const known = this.#transports.get(address);
    if (known !== undefined) return known;
    // The token of this runtime's own API is nobody else's business.
    const transport = createGrpcTransport({ address, environment: {}, maximumMessageBytes: this.#maxMessageBytes });
    this.#transports.set(address, transport);
    return transport;
  }

  #forget(id: string, address: string): void {
    this.#addresses.forget(id);
    void this.#transports.get(address)?.close();
    this.#transports.delete(address);
  }
}

/** A connection, or `undefined` if nobody listens. */
async function connectTo(address: string): Promise<Socket | undefined> {
  const { host, port } = readHostAddress(address) ?? {};
  if (host === undefined || port === undefined) return undefined;
  return connectSocket({ host, port, noDelay: true });
}

function unreachable(id: string, addresses: readonly string[], cause?: unknown): MechaError {
  return new MechaError(
    "UNAVAILABLE",
    `App "${id}" cannot be reached: no runtime answers at ${addresses.join(", ")}. Does it run, and does it open a door for peers (--dapr-internal-grpc-port, MECHA_PEER_PORT)?`,
    { operation: "invocation.invoke", component: id, cause },
  );
}
