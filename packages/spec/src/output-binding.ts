import type { Component } from "./component.js";

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
}
