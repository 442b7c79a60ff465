import type { Duplex } from "node:stream";
import { callerMetadata } from "../access/caller.js";
import type { GrpcProxy, ProxyPolicy } from "../doors/grpc/grpc-proxy.js";
import type { GrpcWay } from "../instances/grpc-way.js";

/** What clients of this process reach apps with. */
export interface GrpcClientsOptions {
  readonly appId: string;
  readonly maxMessageBytes: number;
  /** Connects to the gRPC server of an app. */
  readonly openAppGrpc: (appId: string) => Promise<GrpcWay>;
  /** @defaultValue no policy for any */
  readonly policyFor?: ProxyPolicy;
}

/**
 * Connects clients of this process that speak gRPC themselves to the servers of apps: straight, unless a policy is for the app, or
 * something has to go with each call, which such a client does not have. Then a proxy in this process is between the two.
 */
export class GrpcClients {
  readonly #options: GrpcClientsOptions;
  #proxy: Promise<GrpcProxy> | undefined;

  constructor(options: GrpcClientsOptions) {
    this.#options = options;
  }

  /** @throws MechaError `UNAVAILABLE` if no server answers; through the proxy, each call says so instead */
  async connect(appId: string): Promise<Duplex> {
    const { openAppGrpc, policyFor } = this.#options;
    if (policyFor?.(appId, "") === undefined) {
      const { socket, headers, asksWho } = await openAppGrpc(appId);
      if (!asksWho && Object.keys(headers).length === 0) return socket;
      // The proxy has one of its own for all clients.
      socket.destroy();
    }
    const [proxy, { bridgeTo }] = await Promise.all([
      (this.#proxy ??= this.#openProxy()),
      import("../doors/grpc/grpc-bridge.js"),
    ]);
    return bridgeTo(proxy, appId);
  }

  /** Ends the connections; those with calls under way end with these. */
  async close(): Promise<void> {
    await (await this.#proxy)?.close();
  }

  async #openProxy(): Promise<GrpcProxy> {
    const { appId, openAppGrpc, policyFor, maxMessageBytes } = this.#options;
    const { GrpcProxy } = await import("../doors/grpc/grpc-proxy.js");
    return new GrpcProxy(openAppGrpc, callerMetadata(appId), { policyFor, maxMessageBytes });
  }
}
