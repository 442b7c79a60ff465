import type { InvokeRequest, InvokeResponse } from "../generated/dapr/proto/common/v1/common.js";
import type {
  BindingEventRequest,
  BindingEventResponse,
  JobEventRequest,
  JobEventResponse,
  TopicEventBulkRequest,
  TopicEventBulkResponse,
  TopicEventRequest,
  TopicEventResponse,
  TopicSubscription,
} from "../generated/dapr/proto/runtime/v1/appcallback.js";
import type { SubscribeConfigurationResponse } from "../generated/dapr/proto/runtime/v1/configuration.js";
import type { UnaryHandler } from "../transport/handler.js";
import type { ActorChannel } from "./actor-channel.js";

/**
 * What a runtime calls in the app: the mirror of the Dapr service. Members that the app does not have are absent.
 *
 * Handlers throw `MechaError`; any other error becomes `UNKNOWN`. A topic handler that throws means RETRY.
 */
export interface AppChannel {
  /** Answers a service invocation. */
  readonly invoke?: UnaryHandler<InvokeRequest, InvokeResponse>;
  /** Handles one event of a topic; `path` of the request says which of the topic's routes was taken. */
  readonly topic?: UnaryHandler<TopicEventRequest, TopicEventResponse>;
  /** Handles several events of a topic at once; the answer has a status per entry. */
  readonly bulkTopic?: UnaryHandler<TopicEventBulkRequest, TopicEventBulkResponse>;
  /** Handles an event of an input binding. */
  readonly binding?: UnaryHandler<BindingEventRequest, BindingEventResponse>;
  /** Handles a job that is due. */
  readonly job?: UnaryHandler<JobEventRequest, JobEventResponse>;
  /** Hears of configuration values that changed. */
  readonly configuration?: UnaryHandler<SubscribeConfigurationResponse, void>;
  /** Says whether the app is well: a rejection means that it is not. */
  readonly health?: () => Promise<void>;
  /** Handles what concerns the actors that the app hosts. */
  readonly actor?: ActorChannel;
  /** The topics that the runtime is to call `topic` and `bulkTopic` for; those that are streamed are not among them. */
  readonly subscriptions?: readonly TopicSubscription[];
  /** The input bindings that the runtime is to call `binding` for, by the names of their components. */
  readonly bindings?: readonly string[];
}
