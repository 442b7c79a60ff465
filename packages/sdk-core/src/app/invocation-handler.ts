import type { Verb } from "../invocation/invocation.js";
import type { Metadata } from "../transport/transport.js";

/** A service invocation as its handler sees it. */
export interface Invocation {
  readonly method: string;
  /** HTTP verb that the caller named; `NONE` if it named none. */
  readonly verb: string;
  readonly query: URLSearchParams;
  /** Headers that the caller sent, names in lower case. */
  readonly headers: Metadata;
  readonly contentType: string;
  /** The data; empty for a handler that takes it as a stream. */
  readonly bytes: Uint8Array;
  /** The data as it arrives; one piece where the host has no streams. Can be read once. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Aborts when the caller gave up. */
  readonly signal: AbortSignal;
  /** Whether the caller gave up by now; cheaper than the signal, which is made when it is first read. */
  readonly isCancelled: boolean;
  /** The data as JSON; `undefined` if there is none. */
  json<T>(): T;
}

/**
 * Answers an invocation with a JSON value, bytes, nothing, or an `InvocationReply`. A `MechaError` that it throws becomes the
 * caller's error: its `httpStatus`, or the status of its code.
 */
export type InvocationHandler = (invocation: Invocation) => unknown;

/** How a host answers a method. */
export interface InvocationOptions {
  /** HTTP verbs that the handler takes; a call that names none counts as POST. @defaultValue all */
  readonly verbs?: readonly Verb[];
  /**
   * The handler reads `body` while it arrives. Nothing then limits its size, and `bytes` and `json()` have nothing.
   *
   * @defaultValue `false`: the data is read first, within the host's `maximumBodyBytes`
   */
  readonly streaming?: boolean;
}
