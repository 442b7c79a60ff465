import type { TopicEventRequest } from "../generated/dapr/proto/runtime/v1/appcallback.js";

/**
 * Where the message of an event has the value of its JSON data, if a runtime in the same process had to parse it anyway. The value
 * is the reader's own: nobody else holds it. No encoder sees it, so that messages from elsewhere never have it.
 */
export const parsedData: unique symbol = Symbol.for("mecha.parsedData/1");

/** The message of an event, perhaps with its data parsed. */
export interface ParsedEventRequest extends TopicEventRequest {
  readonly [parsedData]?: unknown;
}
