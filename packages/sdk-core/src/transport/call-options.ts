import type { CallSubject } from "./call-subject.js";
import type { CallOptions } from "./transport.js";

/** How a call of a facade may be ended. */
export interface CallEnd {
  /** Ends the call with `CANCELLED`. */
  readonly signal?: AbortSignal;
  /** When the call ends with `DEADLINE_EXCEEDED`, in milliseconds since 1970. */
  readonly deadline?: number;
  /** How long the call may take, in milliseconds; the earlier of this and `deadline` counts. */
  readonly timeoutMs?: number;
}

/**
 * The transport's options for a call of a facade. What a facade calls metadata is for the component and goes inside the
 * request; the transport would send it as headers.
 */
export function callOf(subject: CallSubject, { signal, deadline, timeoutMs }: CallEnd = {}): CallOptions {
  const end =
    timeoutMs === undefined ? deadline : Math.min(Date.now() + timeoutMs, deadline ?? Number.POSITIVE_INFINITY);
  return { subject, ...(signal !== undefined && { signal }), ...(end !== undefined && { deadline: end }) };
}
