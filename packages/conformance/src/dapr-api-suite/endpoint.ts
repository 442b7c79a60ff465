import type { AppChannel, Transport } from "@mecha/sdk-core/protocol";

/** Names of the components that an endpoint has loaded for the suite; a block without one is not tested. */
export interface DaprApiComponents {
  /** A state store with ETags. */
  readonly state?: string;
  readonly pubsub?: string;
  readonly configuration?: string;
  /** An output binding that stores files (`bindings.localstorage`). */
  readonly binding?: string;
  /** A secret store that holds the secret `suite-secret` with the value `open sesame`. */
  readonly secrets?: string;
}

/** A runtime under test, of whatever kind: embedded, a Node sidecar, daprd. */
export interface DaprApiEndpoint {
  readonly transport: Transport;
  /** App id that the runtime serves. */
  readonly appId: string;
  readonly components: DaprApiComponents;
  /** Makes the suite the app that the runtime calls; absent where the runtime cannot. Resolves with how to stop. */
  attachApp?(channel: AppChannel): Promise<() => Promise<void>>;
  /** Changes a configuration value behind the runtime's back; `undefined` removes it. */
  writeConfiguration?(key: string, value: string | undefined): Promise<void>;
  /** Ends what was started for this endpoint. */
  close(): Promise<void>;
}

/** What a runtime and its components promise beyond the core of the Dapr API. */
export interface DaprApiSupports {
  /** The state store has transactions; how a wrong ETag in one ends: daprd hides it behind INTERNAL. */
  readonly transactions?: { readonly conflictStatus: 10 | 13 };
  /** The state store has expiry, and says when. */
  readonly ttl?: boolean;
  /** An event that is answered with RETRY comes again (daprd with Redis needs a Resiliency policy for that). */
  readonly redelivery?: boolean;
  /** Properties of a message and the number of its delivery come as extensions. */
  readonly messageExtensions?: boolean;
  /** The runtime is Mecha's: extended metadata names backends, messages name what is loaded. */
  readonly mecha?: boolean;
}
