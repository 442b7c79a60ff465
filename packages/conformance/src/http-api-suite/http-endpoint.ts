/** Names of the components that a runtime has loaded for the suite. */
export interface HttpApiComponents {
  /** A state store with ETags, transactions and expiry, for actors as well. */
  readonly state: string;
  readonly pubsub: string;
  readonly configuration: string;
  /** An output binding that stores files (`bindings.localstorage`). */
  readonly binding: string;
  /** A secret store that holds the secret `suite-secret` with the value `open sesame`. */
  readonly secrets: string;
  readonly lock: string;
  /** A crypto component that has the RSA key `suite-rsa`. */
  readonly crypto: string;
  /** A conversation component that answers with what it is told (`conversation.echo`). */
  readonly conversation: string;
}

/** What a run of the suite is about. */
export interface HttpApiRun {
  readonly components: HttpApiComponents;
  /** The status of a wrong ETag in a transaction: daprd hides it behind a failure of its own. */
  readonly transactionConflictStatus: 409 | 500;
  /** An answer may begin while the request still streams; daprd reads all of a request first. */
  readonly fullDuplex: boolean;
  /** The state store has queries; daprd's embedded ones have none. @defaultValue `false` */
  readonly stateQueries?: boolean;
  /** The SubtleCrypto API answers; daprd's usual builds leave it out. */
  readonly subtleCrypto: boolean;
}

/** A runtime under test: a Node sidecar, daprd. */
export interface HttpApiTarget {
  /** Where its HTTP API is: `http://127.0.0.1:3500`. */
  readonly address: string;
  /** App id that the runtime serves. */
  readonly appId: string;
  /** Changes a configuration value behind the runtime's back. */
  writeConfiguration(key: string, value: string): Promise<void>;
  /** Ends what was started for this target. */
  close(): Promise<void>;
}
