import type { TopicEventRequest } from "../generated/dapr/proto/runtime/v1/appcallback.js";
import { codecOf, decodeValue } from "../codec.js";

/** An event of a topic: a CloudEvent with the names that Dapr gives its attributes. */
export interface TopicEvent<T = unknown> {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly specVersion: string;
  readonly dataContentType: string;
  readonly topic: string;
  readonly pubsubName: string;
  /** The payload: parsed if it is JSON, text if its type is text, else bytes. */
  readonly data: T;
  /** The payload as it came. */
  readonly bytes: Uint8Array;
  /** The other attributes of the CloudEvent. */
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Makes an event from its message. */
export function toTopicEvent<T>(request: TopicEventRequest): TopicEvent<T> {
  const { id, source, type, specVersion, dataContentType, topic, pubsubName, extensions, data: bytes } = request;
  return {
    id,
    source,
    type,
    specVersion,
    dataContentType,
    topic,
    pubsubName,
    bytes,
    extensions: extensions ?? {},
    // Decoded when asked for, so that an event with a payload that is not what it says still reaches its handler.
    get data(): T {
      return decodeValue(bytes, codecOf(dataContentType), `The payload of event ${id} of topic "${topic}"`) as T;
    },
  };
}
