import type { bindings, UnaryHandler } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { componentFailure, daprError } from "../errors/dapr-error.js";
import type { Registry } from "../registry.js";

/** Dapr's InvokeBinding. Metadata of the answer goes into the response and, as `metadata.<name>`, into the headers. */
export function invokeBinding(
  registry: Registry,
): UnaryHandler<bindings.InvokeBindingRequest, bindings.InvokeBindingResponse> {
  return async ({ name, operation, data, metadata }, context) => {
    const { component } = registry.get("bindings", name);
    const failure = `error invoking output binding ${name}`;
    if (!component.operations.includes(operation)) {
      const known = component.operations.join(", ");
      const cause = new MechaError(
        "INVALID_ARGUMENT",
        `binding ${name} does not support operation ${operation}. supported operations:${known}`,
      );
      throw daprError("bindingInvoke", `${failure}: ${cause.message}`, { component: name, cause });
    }
    try {
      const answer = await component.invoke(
        { operation, data: Buffer.from(data), metadata },
        { signal: context.signal },
      );
      const answered = { ...answer.metadata };
      for (const [key, value] of Object.entries(answered)) context.setHeader(`metadata.${key}`.toLowerCase(), value);
      return { data: toBuffer(answer.data), metadata: answered };
    } catch (thrown) {
      throw componentFailure("bindingInvoke", failure, thrown, name);
    }
  };
}

function toBuffer(data: Uint8Array | undefined): Buffer {
  return data === undefined ? Buffer.alloc(0) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
