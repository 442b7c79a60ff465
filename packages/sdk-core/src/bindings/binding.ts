import { encodeValue } from "../codec.js";
import { bindingsMethods } from "../generated/methods/bindings.js";
import type { FacadeContext } from "../facade-context.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";

/** What an output binding answered. */
export interface BindingReply {
  readonly data: Uint8Array;
  readonly metadata: Metadata;
}

/** An output binding (Dapr's bindings building block). */
export interface Binding {
  /**
   * Calls an operation, for example `create`.
   *
   * @param data - any JSON value, or bytes
   */
  invoke(
    operation: string,
    data?: unknown,
    options?: CallEnd & { readonly metadata?: Metadata },
  ): Promise<BindingReply>;
}

/** Makes the facade of one output binding. */
export function createBinding({ transport }: FacadeContext, name: string): Binding {
  const subject = { operation: "bindings.invoke", component: name };
  return {
    async invoke(operation, data, { metadata = {}, ...call } = {}) {
      const bytes =
        data === undefined
          ? Buffer.alloc(0)
          : encodeValue(data, "json", `The data for operation "${operation}" of binding "${name}"`);
      const response = await transport.unary(
        bindingsMethods.invokeBinding,
        { name, operation, data: bytes, metadata },
        callOf(subject, call),
      );
      return { data: response.data, metadata: response.metadata };
    },
  };
}
