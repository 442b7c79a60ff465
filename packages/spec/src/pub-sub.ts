import type { Component } from "./component.js";
import type { MechaError } from "./mecha-error.js";

/** What a pub/sub component can do beyond publish and subscribe. */
export type PubSubFeature =
  | "BULK_PUBLISH"
  | "SUBSCRIBE_WILDCARDS"
  | "MESSAGE_TTL"
  | "FILTER_TAG"
  | "FILTER_SQL92"
  | "ORDERED"
  | "DELAY";

/** A message on its way out. */
export interface OutboundMessage {
  /** The bytes to send, exactly. */
  readonly data: Uint8Array;
  /** Media type of `data`, if known. */
  readonly contentType?: string;
  /** Metadata of the publish request; names a component does not know become properties of the message where it has such. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A message on its way in. */
export interface InboundMessage {
  /** Identity of the message on its backend; the same for each delivery. */
  readonly id: string;
  /** The bytes sent; each subscriber has its own copy. */
  readonly data: Uint8Array;
  readonly contentType?: string;
  /** Properties of the message: what the publisher gave as metadata, in the backend's names where it has such. */
  readonly metadata: Readonly<Record<string, string>>;
  /** 1 for the first delivery to this consumer group, 2 for the second, … */
  readonly attempt: number;
}

/** What a handler says of a message: done, deliver it again, or give it up. */
export type DeliveryOutcome = "success" | "retry" | "drop";

/** Handles one message. A rejection means `retry`. */
export type MessageHandler = (message: InboundMessage) => Promise<DeliveryOutcome>;

/** How a publish may be ended. */
export interface PublishCancellation {
  readonly signal?: AbortSignal;
  /** Whether the signal has aborted, for who only asks: reading `signal` may be what makes it. Absent: ask the signal. */
  readonly isCancelled?: boolean | undefined;
}

/** How to subscribe. */
export interface SubscribeOptions {
  /**
   * Metadata of the subscription. Known to every component of ours: `consumerGroup` (who shares the messages;
   * default: the component's `consumerID` or consumer group, else the app id), `broadcast` (`"true"`: every subscriber
   * gets every message), `maxInFlight` (messages handled at once per subscription, default 10), and
   * RocketMQ's `rocketmq-sub-type` and `rocketmq-sub-expression` where FILTER_TAG or FILTER_SQL92 is a feature.
   */
  readonly metadata: Readonly<Record<string, string>>;
  /** Called when the subscription broke and was mended, or is broken for good (`fatal`). */
  readonly onError?: (error: MechaError, fatal: boolean) => void;
}

/** A running subscription. */
export interface Subscription {
  /** Takes no new messages, waits for the handlers under way, then ends. Unacknowledged messages come back to others. */
  close(): Promise<void>;
}

/**
 * A message broker. Delivery is at least once: a message whose handler did not say `success` or `drop`, or whose process
 * died, is delivered again.
 */
export interface PubSub extends Component {
  /** What this broker can do. */
  readonly features: readonly PubSubFeature[];
  /**
   * Whether the broker itself counts deliveries and puts a message aside after so many: then one for which the retries of a Resiliency
   * policy are used up goes back to it as `retry`; others are told `drop`. @defaultValue `false`
   */
  readonly countsDeliveries?: boolean;
  /**
   * Publishes messages to a topic, in order. The result has one entry per message: `undefined` once the broker holds
   * it, else why not. One message is a bulk of one.
   */
  publish(
    topic: string,
    messages: readonly OutboundMessage[],
    options?: PublishCancellation,
  ): Promise<readonly (MechaError | undefined)[]>;
  /** Subscribes to a topic; resolves when messages that are published from now on will be delivered. */
  subscribe(topic: string, handler: MessageHandler, options: SubscribeOptions): Promise<Subscription>;
}
