/** The service that the RPC probes provide and call; it answers what it was given. */
export const rpcService = { interfaceName: "com.acme.inventory.BenchService", version: "1.0" } as const;

/** What both RPC probes are told. */
export interface RpcInput {
  /** Where the original provider listens on the loopback interface; the drop-ins find each other by app id. */
  readonly port: number;
}
