import type { CallContext } from "@mecha/sdk-core/protocol";
import { withMetadata } from "./derived-call.js";

/** Says, beside a request, that the data in it is JSON as it is: so it comes over HTTP. */
export const jsonPayloadHeader = "mecha-json-payload";

/** Whether the data of a request is JSON, and not bytes that may happen to be JSON. */
export function isJsonPayload({ metadata }: Pick<CallContext, "metadata">): boolean {
  return metadata[jsonPayloadHeader] !== undefined;
}

/** The call, saying that the data in it is JSON. */
export function withJsonPayload(context: CallContext): CallContext {
  return withMetadata(context, { ...context.metadata, [jsonPayloadHeader]: "true" });
}
