import type { StreamMethod, UnaryMethod } from "./method.js";
import type { Metadata } from "./transport.js";

/** What a handler knows of the call that it answers. */
export interface CallContext {
  /** What came beside the request. */
  readonly metadata: Metadata;
  /** Aborts when the caller gave up, the deadline passed, or the connection was lost. */
  readonly signal: AbortSignal;
  /**
   * Whether the signal has aborted, for who only asks: many a context makes its signal when it is first read, which costs more
   * than many a handler. Absent where the signal is there anyway.
   */
  readonly isCancelled?: boolean | undefined;
  /** When the caller gives up, in milliseconds since 1970. */
  readonly deadline?: number;
  /** Who calls: `in-process`, or the address of the other side. */
  readonly peer: string;
  /** Sets metadata that goes before the first response. */
  setHeader(name: string, value: string): void;
  /** Sets metadata that goes after the last response. */
  setTrailer(name: string, value: string): void;
}

/** Answers a unary method. Throws `MechaError`. */
export type UnaryHandler<I, O> = (request: I, context: CallContext) => Promise<O>;

/** Answers a streaming method: requests in, responses out. */
export type StreamHandler<I, O> = (requests: AsyncIterable<I>, context: CallContext) => AsyncIterable<O>;

/** The handler that fits a method. */
export type HandlerOf<M> =
  M extends UnaryMethod<infer I, infer O>
    ? UnaryHandler<I, O>
    : M extends StreamMethod<infer I, infer O>
      ? StreamHandler<I, O>
      : never;

/** Handlers for some methods of a service; methods without one answer `UNIMPLEMENTED`. */
export type HandlersOf<Methods> = { readonly [K in keyof Methods]?: HandlerOf<Methods[K]> };
