import type { EventOutcome } from "../pubsub/event-status.js";
import type { TopicEvent } from "../pubsub/topic-event.js";
import type { Metadata } from "../transport/transport.js";

/**
 * Handles an event. Returning (nothing or `success`) acknowledges it, `retry` or a throw asks for another delivery,
 * `drop` gives it up: it goes to the dead letter topic if there is one.
 */
export type TopicHandler<T = unknown> = (event: TopicEvent<T>) => Promise<EventOutcome | undefined | void>;

/** One event of several that came together. */
export interface BulkTopicEvent<T = unknown> extends TopicEvent<T> {
  /** Name of the entry in its batch. */
  readonly entryId: string;
  /** What the broker says of the message. */
  readonly metadata: Metadata;
}

/**
 * Handles several events of a topic at once. Returns what becomes of each, in the order of the events; nothing or one
 * outcome counts for all. A throw, or a list that is too short or too long, asks for all of them again.
 */
export type BulkTopicHandler<T = unknown> = (
  events: readonly BulkTopicEvent<T>[],
) => Promise<readonly EventOutcome[] | EventOutcome | undefined | void>;

/** How many events of a topic come together. */
export interface BulkOptions {
  /** Most events of one call. @defaultValue the runtime's, daprd's is 100 */
  readonly maxMessagesCount?: number;
  /** Longest time that an event waits for others, in milliseconds. @defaultValue the runtime's, daprd's is 1000 */
  readonly maxAwaitDurationMs?: number;
}

/** How a host subscribes to a topic. Several handlers of one topic share all but `match` and `priority`. */
export interface TopicHandlerOptions {
  /**
   * Only events for which this CEL expression over `event` (the CloudEvent) is true, for example
   * `event.type == "order.paid"`. Events that no rule matches go to the topic's handler without one.
   */
  readonly match?: string;
  /** Rules of a topic are tried from the lowest priority up, then as registered. @defaultValue 0 */
  readonly priority?: number;
  /** Where events go that are given up. */
  readonly deadLetterTopic?: string;
  /** The publisher sends bare bytes, no CloudEvents. @defaultValue `false` */
  readonly rawPayload?: boolean;
  /** Have the runtime send events in batches; `onTopic` still handles each by itself. @defaultValue `false` */
  readonly bulk?: boolean | BulkOptions;
  /** Metadata of the subscription. */
  readonly metadata?: Metadata;
  /**
   * The route of a Subscription resource of the runtime, for example `/orders`. The host then handles what comes there and
   * does not subscribe by itself.
   */
  readonly route?: string;
}
