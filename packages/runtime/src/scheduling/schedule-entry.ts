/** What becomes of an event whose handler failed: it is dropped, or comes again after a pause, so often at most. */
export type FailurePolicy =
  | { readonly kind: "drop" }
  | { readonly kind: "constant"; readonly intervalMs: number; readonly maxRetries?: number };

/** What daprd does where nobody says: three more times, a second apart. */
export const defaultFailurePolicy: FailurePolicy = { kind: "constant", intervalMs: 1_000, maxRetries: 3 };

/** Whom an event is for: an app, by the name of its job, or an actor. */
export type ScheduleTarget =
  | { readonly kind: "job"; readonly name: string }
  | { readonly kind: "reminder"; readonly actorType: string; readonly actorId: string; readonly name: string };

/** What somebody registered: a job or a reminder, in the words of its registration. */
export interface Registration {
  readonly target: ScheduleTarget;
  /** Cron or `@every …`; absent for what comes once. */
  readonly schedule?: string;
  /** When it comes first: RFC 3339, or a duration. */
  readonly dueTime?: string;
  readonly repeats?: number;
  /** When it ends: RFC 3339, or a duration from the first time. */
  readonly ttl?: string;
  /** The payload: a `google.protobuf.Any`. */
  readonly data?: { readonly typeUrl: string; readonly value: Uint8Array };
  /** @defaultValue {@link defaultFailurePolicy} */
  readonly failurePolicy?: FailurePolicy;
}

/** Where a registration stands: the times that were worked out once, and what has come of it. */
export interface ScheduleEntry {
  readonly registration: Registration & { readonly failurePolicy: FailurePolicy };
  /** From when its schedule counts. */
  readonly startMs: number;
  /** Whether it comes at `startMs` itself, and not only when its schedule says so after that. */
  readonly comesAtStart: boolean;
  readonly expiresAtMs?: number;
  /** How often it has come. */
  readonly count: number;
  /** When it should have come the last time. */
  readonly lastMs?: number;
  /** How often this time has failed. */
  readonly attempts: number;
  /** When it comes next, with the pauses after failures. */
  readonly nextMs: number;
}

/** A text that no other target has. */
export function targetKey(target: ScheduleTarget): string {
  return JSON.stringify(target.kind === "job" ? [target.name] : [target.actorType, target.actorId, target.name]);
}
