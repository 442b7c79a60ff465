import type { Duplex } from "node:stream";
import type { Component } from "./component.js";
import type { MechaError } from "./mecha-error.js";
import type { StatePlace } from "./state-place.js";
import type { StateQuery, StateQueryOptions, StateQueryPage } from "./state-query.js";

/** What a state store can do beyond get, set and delete. */
export type StateFeature = "ETAG" | "TRANSACTIONAL" | "TTL" | "QUERY_API";

/** A stored value. */
export interface StateRecord {
  /** The stored bytes; the caller may keep and change them. */
  readonly value: Uint8Array;
  /** Names this version of the value. */
  readonly etag: string;
  /** When the value will be gone, in milliseconds since 1970; absent if never. */
  readonly expiresAtMs?: number;
}

/** How to read. */
export interface StateGetOptions {
  /** Metadata of the request, as the Dapr API carries it. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Stores a value under a key. */
export interface StateSet {
  readonly type: "set";
  readonly key: string;
  /** The bytes to store. The store copies them or is done with them when `write` resolves. */
  readonly value: Uint8Array;
  /** Write only if the stored value has this ETag. */
  readonly etag?: string;
  /** Without `etag`: write only if there is no value yet (Dapr's first-write concurrency). @defaultValue `false` */
  readonly firstWrite?: boolean;
  /** Seconds until the value is gone, more than 0. Absent: never, even if it had an expiry. */
  readonly ttlSeconds?: number;
  /** Metadata of the item, as the Dapr API carries it. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * `value` was given as a JSON value, as over Dapr's HTTP API, and is its text: for stores that keep the two apart. Absent for bytes,
   * which may be JSON as well. @defaultValue `false`
   */
  readonly isJson?: boolean;
}

/** Removes a key; removing an absent key succeeds unless `etag` is given. */
export interface StateDelete {
  readonly type: "delete";
  readonly key: string;
  /** Remove only if the stored value has this ETag. */
  readonly etag?: string;
}

/** One change of a key. */
export type StateOperation = StateSet | StateDelete;

/** How to write. */
export interface StateWriteOptions {
  /**
   * `true`: all operations in order, or none at all; any failure rejects (`ETAG_MISMATCH` for a wrong ETag) and nothing
   * is stored. `false`: each operation by itself, with its own result.
   */
  readonly atomic: boolean;
  readonly signal?: AbortSignal;
}

/** What became of one operation of a write that is not atomic: `undefined` for success. */
export type StateWriteResult = MechaError | undefined;

/**
 * A state store: keys to bytes, with an ETag for every version of a value.
 *
 * Keys arrive as they are stored (the runtime has added the key prefix). Many keys are one call; a single key is a bulk of one.
 */
export interface StateStore extends Component {
  /** What this store can do. */
  readonly features: readonly StateFeature[];
  /**
   * Whether `write` is done with the values of its operations when it returns its promise; others get copies, as callers may go on
   * to use their buffers. @defaultValue `false`
   */
  readonly takesValuesAtOnce?: boolean;
  /** Reads keys; the result has one entry per key, in order, `undefined` for an absent one. */
  get(keys: readonly string[], options?: StateGetOptions): Promise<readonly (StateRecord | undefined)[]>;
  /** Changes keys; the result has one entry per operation, in order. */
  write(operations: readonly StateOperation[], options: StateWriteOptions): Promise<readonly StateWriteResult[]>;
  /**
   * Finds values by their fields; present only with the feature `QUERY_API`. Rejects with `INVALID_ARGUMENT` for a token that is
   * none of its own.
   */
  query?(query: StateQuery, options?: StateQueryOptions): Promise<StateQueryPage>;
  /** The place of a key. Present only where values lie in the memory of this process. */
  placeOf?(key: string): StatePlace;
  /**
   * Opens a session in the backend's own protocol, already authenticated, for clients that speak it.
   * Present only where the backend has such a protocol; bytes pass unparsed. The caller ends it with `destroy()`.
   */
  openSession?(options?: NativeSessionOptions): Promise<NativeSession>;
}

/** How to open a native session. */
export interface NativeSessionOptions {
  /** Database to select, where the backend has several. @defaultValue the component's own */
  readonly database?: number;
  readonly signal?: AbortSignal;
}

/** A connection to a backend in its own protocol. */
export interface NativeSession {
  /** The protocol spoken, for example `resp`. */
  readonly protocol: string;
  /** The connection. Its liveness is the caller's: `ref`/`unref` work if it is a socket. */
  readonly stream: Duplex;
}
