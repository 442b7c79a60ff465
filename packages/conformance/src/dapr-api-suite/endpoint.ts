import type { Mecha } from "@mecha/sdk-core";
import type { AppChannel, daprMethods, Transport } from "@mecha/sdk-core/protocol";

/** Names of the components that a runtime has loaded for the suite; a block without one is not tested. */
export interface DaprApiComponents {
  /** A state store with ETags. */
  readonly state?: string;
  /** daprd's `state.redis`, which differs from other stores in more than one way. */
  readonly redisState?: string;
  readonly pubsub?: string;
  /** A pub/sub component that delivers the events of a topic in the order of their publishing; may be the same. */
  readonly orderedPubsub?: string;
  readonly configuration?: string;
  /** An output binding that stores files (`bindings.localstorage`). */
  readonly binding?: string;
  /** An output binding on the server of `serveEcho()` (`bindings.http`). */
  readonly httpBinding?: string;
  /** A secret store that holds the secret `suite-secret` with the value `open sesame`. */
  readonly secrets?: string;
  readonly lock?: string;
  /**
   * A crypto component that has the RSA key `suite-rsa`, the keys `suite-p256`, `suite-p384`, `suite-p521` and
   * `suite-ed25519` on these curves, the symmetric 256-bit key `suite-aes`, and others by their bits (`suite-aes-128`, 192, 384, 512).
   */
  readonly crypto?: string;
  /** A conversation component that answers with what it is told (`conversation.echo`). */
  readonly conversation?: string;
  /** A conversation component on the server of `serveModel()` (`conversation.openai`). */
  readonly modelConversation?: string;
}

/** Blocks of the API that need no component of the suite's. */
export type DaprApiService = "actors" | "jobs" | "workflow" | "shutdown";

/** The name of an RPC of the Dapr service, as a key of `daprMethods`. */
export type DaprRpc = keyof typeof daprMethods;

/** A runtime under test, of whatever kind: embedded, a Node sidecar, daprd. */
export interface DaprApiTarget {
  /** How calls reach it. */
  readonly transport: Transport;
  /** Whether the runtime lives in this process or beside it. */
  readonly mode: Mecha["mode"];
  /** App id that the runtime serves. */
  readonly appId: string;
  /** Makes the suite the app that the runtime calls; absent where the runtime cannot. Resolves with how to stop. */
  attachApp?(channel: AppChannel): Promise<() => Promise<void>>;
  /** Changes a configuration value behind the runtime's back; `undefined` removes it. */
  writeConfiguration?(key: string, value: string | undefined): Promise<void>;
  /** Starts another runtime of the same kind, which a test may end; closed by the test. */
  readonly another?: () => Promise<DaprApiTarget>;
  /** Ends what was started for this target. */
  close(): Promise<void>;
}

/** What the tests see of a runtime. */
export interface DaprApiEndpoint extends DaprApiTarget {
  /** The facades over the same transport. */
  readonly mecha: Mecha;
  readonly components: DaprApiComponents;
  /** The facades as they are on a runtime that is too old for these RPCs, and refuses them with UNIMPLEMENTED. */
  readonly without: (...rpcs: readonly DaprRpc[]) => Mecha;
  readonly another?: () => Promise<DaprApiEndpoint>;
}

/** What a runtime and its components promise beyond the core of the Dapr API. */
export interface DaprApiSupports {
  /** The state store has transactions; how a wrong ETag in one ends: daprd hides it behind INTERNAL. */
  readonly transactions?: { readonly conflictStatus: 10 | 13 };
  /** The state store has expiry, and says when. */
  readonly ttl?: boolean;
  /** The state store has queries (QueryStateAlpha1). */
  readonly query?: boolean;
  /** An event that is answered with RETRY comes again (daprd with Redis needs a Resiliency policy for that). */
  readonly redelivery?: boolean;
  /** Properties of a message and the number of its delivery come as extensions. */
  readonly messageExtensions?: boolean;
  /** The runtime is Mecha's: extended metadata names backends, messages name what is loaded. */
  readonly mecha?: boolean;
}

/** What a run of the suite is about. */
export interface DaprApiRun {
  /** What the runtime has loaded; the blocks of other components are not tested. */
  readonly components: DaprApiComponents;
  /** Blocks without a component that the runtime has; the others are not tested. */
  readonly services?: readonly DaprApiService[];
  readonly supports: DaprApiSupports;
  /** RPCs that the runtime refuses with UNIMPLEMENTED, which is tested too. */
  readonly refuses?: readonly DaprRpc[];
}
