import type { ConfigurationValues } from "../configuration/configuration-value.js";
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
import type { UnaryHandler } from "../transport/handler.js";
import type { Metadata } from "../transport/transport.js";
import type { ActorChannel } from "./actor-channel.js";

/** A service invocation whose data is a stream. */
export interface StreamedInvocation {
  readonly method: string;
  /** HTTP verb. */
  readonly verb: string;
  readonly querystring: string;
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** What a service invocation is answered with. */
export interface StreamedReply {
  /** HTTP status, where the handler named one. */
  readonly status: number | undefined;
  readonly headers: Metadata;
  readonly contentType: string;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** Values of a configuration store that changed. */
export interface ConfigurationChange {
  readonly store: string;
  readonly values: ConfigurationValues;
}

/**
 * What a runtime calls in the app: the mirror of the Dapr service. Members that the app does not have are absent.
 *
 * Handlers throw `MechaError`; any other error becomes `UNKNOWN`. A topic handler that throws means RETRY.
 */
export interface AppChannel {
  /** Answers a service invocation. */
  readonly invoke?: UnaryHandler<InvokeRequest, InvokeResponse>;
  /** Answers a service invocation on hosts that have streams of bytes, which HTTP has. */
  readonly invokeStreamed?: UnaryHandler<StreamedInvocation, StreamedReply>;
  /** Handles one event of a topic; `path` of the request says which of the topic's routes was taken. */
  readonly topic?: UnaryHandler<TopicEventRequest, TopicEventResponse>;
  /** Handles several events of a topic at once; the answer has a status per entry. */
  readonly bulkTopic?: UnaryHandler<TopicEventBulkRequest, TopicEventBulkResponse>;
  /** Handles an event of an input binding. */
  readonly binding?: UnaryHandler<BindingEventRequest, BindingEventResponse>;
  /** Handles a job that is due. */
  readonly job?: UnaryHandler<JobEventRequest, JobEventResponse>;
  /** Hears of configuration values that changed. */
  readonly configuration?: UnaryHandler<ConfigurationChange, void>;
  /** Says whether the app is well: a rejection means that it is not. */
  readonly health?: () => Promise<void>;
  /** Handles what concerns the actors that the app hosts. */
  readonly actor?: ActorChannel;
  /** The topics that the runtime is to call `topic` and `bulkTopic` for; those that are streamed are not among them. */
  readonly subscriptions?: readonly TopicSubscription[];
  /** The input bindings that the runtime is to call `binding` for, by the names of their components. */
  readonly bindings?: readonly string[];
}
