/** A part of Dapr's API: for example `state`, `v1`, `grpc`. */
export interface ApiRule {
  readonly name: string;
  readonly version: string;
  readonly protocol: string;
}

/** Which parts of Dapr's API the doors serve, as `spec.api` of a Configuration says. */
export interface ApiAccessSettings {
  /** Empty: all but those that are denied. */
  readonly allowed: readonly ApiRule[];
  readonly denied: readonly ApiRule[];
}
