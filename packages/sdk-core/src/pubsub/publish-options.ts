import type { MechaError } from "@mecha/spec";
import type { CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";

/**
 * What a publisher says of the CloudEvent around its data; the runtime adds what is not said. Names are those of
 * {@link TopicEvent}.
 */
export interface CloudEventAttributes {
  /** Not empty; tells events of one source apart. @defaultValue a random UUID */
  readonly id?: string;
  /** @defaultValue `com.dapr.event.sent` */
  readonly type?: string;
  /** @defaultValue the id of this app */
  readonly source?: string;
  /** What the event is about. */
  readonly subject?: string;
  /** When it happened: a `Date`, or a text of RFC 3339. @defaultValue when it is published */
  readonly time?: Date | string;
  /** W3C trace context (`traceparent`). @defaultValue the runtime's, which continues that of the call */
  readonly traceParent?: string;
  /** The rest of the trace context (`tracestate`). */
  readonly traceState?: string;
  /** A URI of the schema of the data (`dataschema`). */
  readonly dataSchema?: string;
  /** Attributes of the publisher's own. Names are lower case letters and digits, and none of CloudEvents' or Dapr's. */
  readonly extensions?: Readonly<Record<string, string | number | boolean>>;
}

/** What is said of one event. */
export interface EventOptions {
  /**
   * Media type of the data. Data of a JSON type is written as JSON; a text is sent as it is with any other type. An object of
   * type `application/cloudevents+json` is taken for a whole CloudEvent, which needs an `id`.
   *
   * @defaultValue `application/json`; `application/octet-stream` for bytes
   */
  readonly contentType?: string;
  /** Attributes of the CloudEvent that goes around the data. */
  readonly cloudEvent?: CloudEventAttributes;
  /** Seconds until the event is no longer delivered: a whole number from 1. @defaultValue the component's own */
  readonly ttlSeconds?: number;
  /** Metadata for the component. */
  readonly metadata?: Metadata;
}

/** How to publish. */
export interface PublishOptions extends EventOptions, CallEnd {
  /** Send the bytes as they are, without a CloudEvent around them. @defaultValue `false` */
  readonly rawPayload?: boolean;
}

/** How to publish many; what an event says of itself wins. */
export type BulkPublishOptions = Omit<PublishOptions, "cloudEvent">;

/** One event among several. */
export interface BulkEvent extends EventOptions {
  readonly data: unknown;
  /** Names the event in this call. Not empty, and no other of the call has it. @defaultValue a random UUID */
  readonly entryId?: string;
}

/** What became of one event of a bulk publish: `undefined` once the broker holds it. */
export type BulkPublishResult = MechaError | undefined;

/** How the facade of a component publishes. */
export interface PubSubOptions {
  /**
   * Whether events that are published to a topic in the same tick, or while others of the topic are on their way, go in one bulk
   * call, in their order. Each caller keeps its own result, error and end; a single event is a plain call.
   *
   * @defaultValue `false`
   */
  readonly coalesce?: boolean | PublishCoalescing;
}

/** Bounds of what is published together. */
export interface PublishCoalescing {
  /** Most events in one call. @defaultValue 256 */
  readonly maximumEntries?: number;
  /** Most bytes of data in one call for more than one event. @defaultValue 1 MiB */
  readonly maximumBytes?: number;
}
