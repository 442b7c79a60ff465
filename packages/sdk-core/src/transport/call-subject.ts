/** What a call is about. Errors, spans and metrics name it; retries go by it. It is never sent. */
export interface CallSubject {
  /** Building block and verb as the facades name them, for example `state.get`. */
  readonly operation: string;
  /** Name of the component, app or actor type that is asked. */
  readonly component?: string;
  /** Whether the call may be sent again when nobody knows if it was done. @defaultValue `false` */
  readonly idempotent?: boolean;
}
