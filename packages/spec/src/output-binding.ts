import type { Component } from "./component.js";
import type { NativeSession, NativeSessionOptions } from "./state-store.js";

/** One call of an output binding. */
export interface BindingRequest {
  /** One of the binding's operations, for example `create`. */
  readonly operation: string;
  readonly data: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What an output binding answers. */
export interface BindingResponse {
  readonly data?: Uint8Array;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An output binding: operations on something outside. */
export interface OutputBinding extends Component {
  /** The operations it knows; others are refused by the runtime with `INVALID_ARGUMENT`. */
  readonly operations: readonly string[];
  /** Does one operation; resolves with its answer. */
  invoke(request: BindingRequest, options?: { readonly signal?: AbortSignal }): Promise<BindingResponse>;
  /** Opens a session in the backend's own protocol, as of a state store. Present only where the backend has such a protocol. */
  openSession?(options?: NativeSessionOptions): Promise<NativeSession>;
}
