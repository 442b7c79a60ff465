import type { StreamMethod, UnaryMethod } from "../transport/method.js";
import type { CallOptions, Transport } from "../transport/transport.js";

/** A call with one request, as an interceptor sees it. */
export interface UnaryCall {
  /** Path of the method on the wire, for example `/dapr.proto.runtime.v1.Dapr/GetState`. */
  readonly path: string;
  /** The message that is sent. */
  readonly request: unknown;
  /** What is said of the call: `subject` (what it is about), `metadata` (sent beside the request), `signal`, `deadline`. */
  readonly options: CallOptions;
}

/** A call that streams, as an interceptor sees it. */
export interface StreamCall {
  /** Path of the method on the wire. */
  readonly path: string;
  /** The messages that are sent. */
  readonly requests: AsyncIterable<unknown>;
  /** What is said of the call. */
  readonly options: CallOptions;
}

/**
 * Stands between the facades and the runtime: sees every call, may change what is sent and what comes back, may answer by
 * itself, or call `next` again. It is asked once a call; retries happen inside of `next`.
 *
 * The first interceptor is the outermost. Give `next` a new call rather than a changed one:
 * `next({ ...call, options: { ...call.options, metadata: { ...call.options.metadata, "x-tenant": "acme" } } })`.
 */
export interface Interceptor {
  /** Takes a call with one request; resolves with the message of the reply. @defaultValue passes it on */
  unary?(call: UnaryCall, next: (call: UnaryCall) => Promise<unknown>): Promise<unknown>;
  /** Takes a call that streams; yields the messages of the reply. @defaultValue passes it on */
  stream?(call: StreamCall, next: (call: StreamCall) => AsyncIterable<unknown>): AsyncIterable<unknown>;
}

/** A transport whose calls pass interceptors, the first one first. */
export function withInterceptors(inner: Transport, interceptors: readonly Interceptor[]): Transport {
  return interceptors.reduceRight(withInterceptor, inner);
}

function withInterceptor(inner: Transport, interceptor: Interceptor): Transport {
  return {
    ...passing(inner),
    async unary<I, O>(method: UnaryMethod<I, O>, request: I, options: CallOptions = {}): Promise<O> {
      if (interceptor.unary === undefined) return inner.unary(method, request, options);
      // An interceptor passes on messages of the method that it was given; their types are not known to it.
      const next = (call: UnaryCall): Promise<unknown> => inner.unary(method, call.request as I, call.options);
      return (await interceptor.unary({ path: method.path, request, options }, next)) as O;
    },
    stream<I, O>(method: StreamMethod<I, O>, requests: AsyncIterable<I>, options: CallOptions = {}): AsyncIterable<O> {
      if (interceptor.stream === undefined) return inner.stream(method, requests, options);
      const next = (call: StreamCall): AsyncIterable<unknown> =>
        inner.stream(method, call.requests as AsyncIterable<I>, call.options);
      return interceptor.stream({ path: method.path, requests, options }, next) as AsyncIterable<O>;
    },
  };
}

/** The members of a transport that what stands around calls leaves alone. */
export function passing(inner: Transport): Pick<Transport, "openRaw" | "close"> {
  return {
    openRaw: (path, metadata) => inner.openRaw(path, metadata),
    close: () => inner.close(),
  };
}
