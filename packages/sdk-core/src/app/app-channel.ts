import type { InvokeRequest, InvokeResponse } from "../generated/dapr/proto/common/v1/common.js";
import type { TopicEventRequest, TopicEventResponse } from "../generated/dapr/proto/runtime/v1/appcallback.js";
import type { UnaryHandler } from "../transport/handler.js";

/**
 * What a runtime calls in the app: the mirror of the Dapr service. Members that the app does not have are absent.
 *
 * Handlers throw `MechaError`; any other error becomes `UNKNOWN`. A topic handler that throws means RETRY.
 */
export interface AppChannel {
  /** Answers a service invocation. */
  readonly invoke?: UnaryHandler<InvokeRequest, InvokeResponse>;
  /** Handles one event of a topic. */
  readonly topic?: UnaryHandler<TopicEventRequest, TopicEventResponse>;
}
