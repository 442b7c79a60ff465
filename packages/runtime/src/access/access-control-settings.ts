/** One operation of the app and who may call it how. */
export interface OperationRule {
  /** Path with its first slash; segments may have wildcards. */
  readonly name: string;
  readonly verbs: readonly string[];
  readonly action: string;
}

/** What callers of one app may do. */
export interface CallerPolicy {
  readonly appId: string;
  readonly namespace: string;
  readonly trustDomain: string;
  /** Empty where the general one holds. */
  readonly defaultAction: string;
  readonly operations: readonly OperationRule[];
}

/** Who may call the app of a runtime, as `spec.accessControl` of a Configuration says. */
export interface AccessControlSettings {
  readonly allowsByDefault: boolean;
  readonly trustDomain: string;
  readonly policies: readonly CallerPolicy[];
}
