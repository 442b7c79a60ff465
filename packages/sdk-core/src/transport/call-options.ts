import type { CallOptions } from "./transport.js";

/** How a call of a facade may be ended. */
export type CallEnd = Pick<CallOptions, "signal" | "deadline">;

/**
 * The transport's options in the options of a facade. What a facade calls metadata is for the component and goes inside the
 * request; the transport would send it as headers.
 */
export function callEndOf({ signal, deadline }: CallEnd): CallEnd {
  return { ...(signal !== undefined && { signal }), ...(deadline !== undefined && { deadline }) };
}
