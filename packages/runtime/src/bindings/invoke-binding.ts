import type { bindings, Metadata, UnaryHandler } from "@mecha/sdk-core/protocol";
import { MechaError, type OutputBinding } from "@mecha/spec";
import { cancellationOf } from "../doors/cancellation.js";
import { componentFailure, daprError } from "../errors/dapr-error.js";
import type { Registry } from "../registry.js";
import { outputOf } from "./binding-direction.js";

/** The data of an answer of which the binding gave none; data that is empty is another thing over HTTP. */
export const noData: Buffer = Buffer.alloc(0);

/**
 * Dapr's InvokeBinding. Metadata of the answer goes into the response and, as `metadata.<name>`, into the headers, where a
 * failure's goes too.
 */
export function invokeBinding(
  registry: Registry,
): UnaryHandler<bindings.InvokeBindingRequest, bindings.InvokeBindingResponse> {
  return async ({ name, operation, data, metadata }, context) => {
    const failure = `error invoking output binding ${name}`;
    const component = findOutputBinding(registry, name);
    if (!component.operations.includes(operation)) {
      const problem =
        operation === ""
          ? "operation field is missing from request"
          : `binding ${name} does not support operation ${operation}. supported operations:${component.operations.join(" ")}`;
      const cause = new MechaError("INVALID_ARGUMENT", problem);
      throw daprError("bindingInvoke", `${failure}: ${problem}`, { component: name, cause });
    }
    const setHeaders = (answered: Readonly<Record<string, string>>): void => {
      for (const [key, value] of Object.entries(answered)) context.setHeader(`metadata.${key}`.toLowerCase(), value);
    };
    try {
      const request = { operation, data: Buffer.from(data), metadata: withTrace(metadata, context.metadata) };
      const answer = await component.invoke(request, cancellationOf(context));
      const answered = { ...answer.metadata };
      setHeaders(answered);
      return { data: toBuffer(answer.data), metadata: answered };
    } catch (thrown) {
      if (MechaError.is(thrown)) setHeaders(thrown.metadata);
      throw componentFailure("bindingInvoke", failure, thrown, name);
    }
  };
}

/**
 * Finds a binding that may be called.
 *
 * @throws MechaError as daprd, if there is none of that name or if its `direction` is input alone.
 */
export function findOutputBinding(registry: Registry, name: string): OutputBinding {
  const output = outputOf(registry.get("bindings", name));
  if (output !== undefined) return output;
  throw daprError(
    "bindingInvoke",
    `error invoking output binding ${name}: couldn't find output binding ${name}: it is an input binding`,
    { component: name },
  );
}

const traceNames = ["traceparent", "tracestate", "baggage"];

/** The trace of the call goes along, as daprd has it, for bindings that can pass it on. */
function withTrace(metadata: Readonly<Record<string, string>>, ofCall: Metadata): Readonly<Record<string, string>> {
  const found = traceNames.flatMap((name) => {
    const value = ofCall[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return found.length === 0 ? metadata : { ...metadata, ...Object.fromEntries(found) };
}

function toBuffer(data: Uint8Array | undefined): Buffer {
  return data === undefined ? noData : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
