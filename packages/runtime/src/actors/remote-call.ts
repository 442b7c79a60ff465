import type { CallContext, CallOptions } from "@mecha/sdk-core/protocol";
import { cancellationOf } from "../doors/cancellation.js";
import { jsonPayloadHeader } from "../doors/json-payload.js";

/** What goes beside a call to another process: the trace, and how the data is meant. The rest is between the caller and this one. */
const passedOn = ["traceparent", "tracestate", jsonPayloadHeader];

/** How a call that came here goes on to another process. */
export function optionsOf(context: CallContext): CallOptions {
  const { metadata: headers, deadline } = context;
  const passed = Object.fromEntries(passedOn.flatMap((name) => (name in headers ? [[name, headers[name] ?? ""]] : [])));
  return { metadata: passed, ...(deadline !== undefined && { deadline }), ...cancellationOf(context) };
}
