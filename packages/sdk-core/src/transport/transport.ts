import type { Duplex } from "node:stream";
import type { StatePlace } from "@mecha/spec";
import type { CallSubject } from "./call-subject.js";
import type { StreamMethod, UnaryMethod } from "./method.js";

/**
 * Names and values that go beside a message, as gRPC metadata does. Names are lower case; a name that ends in `-bin`
 * holds base64.
 */
export type Metadata = Readonly<Record<string, string>>;

/** What a caller may say of a call. */
export interface CallOptions {
  /** Ends the call with `CANCELLED`. */
  readonly signal?: AbortSignal;
  /** When the call ends with `DEADLINE_EXCEEDED`, in milliseconds since 1970. */
  readonly deadline?: number;
  /** Sent beside the request. */
  readonly metadata?: Metadata;
  /** Receives the metadata that comes before the first response. */
  readonly onHeader?: (metadata: Metadata) => void;
  /** Receives the metadata that comes after the last response. */
  readonly onTrailer?: (metadata: Metadata) => void;
  /** What the call is about. */
  readonly subject?: CallSubject;
}

/** Where the values of one state store lie in this process. */
export interface StatePlaces {
  /**
   * The place of a key; it may be used as long as {@link Transport.statePlaces} gives the same object.
   *
   * @throws MechaError `INVALID_ARGUMENT` for a key that the Dapr API does not take
   */
  of(key: string): StatePlace;
}

/**
 * How a call reaches a runtime: gRPC to a sidecar, or directly to the embedded runtime.
 *
 * Every failure is a `MechaError`. Requests are full messages (`fromPartial`); a transport does not change them.
 */
export interface Transport {
  /** Sends one request and resolves with the one response. */
  unary<I, O>(method: UnaryMethod<I, O>, request: I, options?: CallOptions): Promise<O>;
  /** Sends requests while it yields responses. `return()` on the result cancels the call. */
  stream<I, O>(method: StreamMethod<I, O>, requests: AsyncIterable<I>, options?: CallOptions): AsyncIterable<O>;
  /**
   * The places of a state store's keys, for who works on its values in this process without a call for each. Absent where the
   * runtime is elsewhere; `undefined` where something has to see each call: a policy, a trace, metrics, encryption. Ask anew for
   * each use: a component may be replaced, which then gives another object.
   */
  statePlaces?(storeName: string): StatePlaces | undefined;
  /** Opens a channel on which bytes pass unparsed: native sessions, proxied gRPC. */
  openRaw(path: string, metadata: Metadata): Promise<Duplex>;
  /** Ends all calls and releases sockets. Idempotent. */
  close(): Promise<void>;
}

/**
 * Path for {@link Transport.openRaw} that opens a session with a component's backend in the backend's own protocol, under the rules of
 * the component's YAML. It goes on when the component is replaced. It tells of every call by {@link nativeCommandEvent}.
 *
 * Metadata: `component` (name), optionally `database`. Only runtimes in the same process have it.
 */
export const nativeSessionPath = "/mecha.runtime.v1.NativeSession/Open";

/**
 * Event of a session of {@link nativeSessionPath} in the protocol of Redis: the backend ran a command. Its arguments are the command's
 * name as `INFO commandstats` writes it, and the microseconds to its reply.
 */
export const nativeCommandEvent = "nativeCommand";

/**
 * Path for {@link Transport.openRaw} that opens a connection to the gRPC server that another app has of its own (`APP_PORT`
 * with `APP_PROTOCOL=grpc`): HTTP/2 from the first byte.
 *
 * Metadata: `app-id`. Only runtimes in the same process have it; a sidecar passes such calls on by their `dapr-app-id`.
 */
export const appGrpcPath = "/mecha.runtime.v1.AppGrpc/Open";
