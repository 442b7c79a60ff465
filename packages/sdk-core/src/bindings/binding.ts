import { encodeValue } from "../codec.js";
import type { FacadeContext } from "../facade-context.js";
import { bindingsMethods } from "../generated/methods/bindings.js";
import { DecodableData, type ReceivedData } from "../received-data.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";

/** What an output binding answered. */
export interface BindingReply extends ReceivedData {
  /** What the component says of its answer, by its own names. */
  readonly metadata: Metadata;
}

/** How to call an output binding. */
export interface InvokeBindingOptions extends CallEnd {
  /** What the component wants to know besides the data, for example `fileName`; its own page lists the names. */
  readonly metadata?: Metadata;
}

/** An output binding (Dapr's bindings building block). */
export interface Binding {
  /**
   * Calls an operation (InvokeBinding), for example `create`. It is never sent twice by itself: nobody knows what doing an
   * operation again would mean.
   *
   * @param data - any JSON value, or bytes
   * @throws MechaError with reason `ERR_INVOKE_OUTPUT_BINDING` if the component failed or does not have the operation.
   */
  invoke(operation: string, data?: unknown, options?: InvokeBindingOptions): Promise<BindingReply>;
}

/** Makes the facade of one output binding. */
export function createBinding({ transport }: FacadeContext, name: string): Binding {
  const subject = { operation: "bindings.invoke", component: name };
  return {
    async invoke(operation, data, options = {}) {
      const bytes =
        data === undefined
          ? Buffer.alloc(0)
          : encodeValue(data, "json", `The data for operation "${operation}" of binding "${name}"`);
      const response = await transport.unary(
        bindingsMethods.invokeBinding,
        { name, operation, data: bytes, metadata: { ...options.metadata } },
        callOf(subject, options),
      );
      return new Reply(response.data, response.metadata, `The answer of binding "${name}" to operation "${operation}"`);
    },
  };
}

class Reply extends DecodableData implements BindingReply {
  readonly metadata: Metadata;

  constructor(bytes: Uint8Array, metadata: Metadata, subject: string) {
    super(bytes, subject);
    this.metadata = metadata;
  }
}
