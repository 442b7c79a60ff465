import type { appCallback, pubsub } from "@mecha/sdk-core/protocol";
import { parsedData, type ParsedEventRequest, PushQueue, topicStatus } from "@mecha/sdk-core/protocol-core";
import {
  MechaError,
  type ComponentLogger,
  type DeliveryOutcome,
  type InboundMessage,
  type PubSub,
  type Subscription,
} from "@mecha/spec";
import { sizeBound } from "../doors/message-limit.js";
import type { StreamedTopic } from "../metadata/subscriptions.js";
import type { InboundPolicy } from "../resiliency/inbound-policy.js";
import { sendToDeadLetters } from "./dead-letters.js";
import { outcomeOf } from "./event-outcome.js";
import { PendingDeliveries } from "./pending-deliveries.js";
import { readCloudEvent, type ReceivedEvent } from "./read-cloud-event.js";
import { outcomeOfSpent } from "./spent-event.js";

type Response = pubsub.SubscribeTopicEventsResponseAlpha1;

/** What one byte of a message takes on the wire at most: as a list in lists, a level has two tags and two lengths. */
const mostBytesOfOne = 12;

/** What an event has beside that, with room: the names and tags of its fields, and the attributes that a raw one is given. */
const namesBytes = 4_096;

/** What a streaming subscription is about. */
export interface TopicStreamOptions {
  readonly pubsubName: string;
  readonly topic: string;
  /** Metadata of the subscription, for the component. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the app wants the bytes as they are. */
  readonly raw: boolean;
  /** Where events go that the app drops, asks to have again, or that cannot be read. */
  readonly deadLetterTopic?: string;
  /** Subscribes by a component, and by each that takes its place. */
  readonly follow: (open: (component: PubSub) => Promise<Subscription>) => Promise<Subscription>;
  /** What deliveries are run under. */
  readonly policy?: InboundPolicy | undefined;
  readonly logger: ComponentLogger;
}

/**
 * One streaming subscription: takes messages from the component, gives them to the app's stream as events, and answers the
 * component with the app's acknowledgements.
 */
export class TopicStream {
  readonly #options: TopicStreamOptions;
  readonly #responses = new PushQueue<Response>();
  readonly #pending = new PendingDeliveries();
  /** Aborts when the end begins: no further attempts. */
  readonly #over = new AbortController();
  #subscription: Subscription | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: TopicStreamOptions) {
    this.#options = options;
  }

  /** What the stream is subscribed to. */
  get subscribed(): StreamedTopic {
    const { pubsubName, topic, metadata, deadLetterTopic = "" } = this.#options;
    return { pubsubName, topic, metadata: { ...metadata }, deadLetterTopic };
  }

  /** What goes to the app. Ends when the stream is over. */
  get responses(): AsyncIterable<Response, undefined> {
    return this.#responses;
  }

  /** Subscribes; resolves when messages that are published from now on will come. */
  async open(): Promise<void> {
    const { follow, topic, metadata, pubsubName, logger } = this.#options;
    this.#responses.push({ subscribeTopicEventsResponseType: { $case: "initialResponse", value: {} } });
    this.#subscription = await follow((component) =>
      component.subscribe(topic, (message) => this.#deliver(message, component), {
        metadata,
        onError: (error, fatal) => {
          logger.warn(
            `the subscription to topic "${topic}" of "${pubsubName}" ${fatal ? "ended" : "broke and was mended"}: ${error.message}`,
          );
          if (fatal)
            this.#responses.fail(
              new MechaError(
                "UNAVAILABLE",
                `The subscription to topic "${topic}" of "${pubsubName}" ended: ${error.message}`,
                { component: pubsubName, cause: error },
              ),
            );
        },
      }),
    );
  }

  /** Takes one acknowledgement of the app. */
  acknowledge({ id, status }: pubsub.SubscribeTopicEventsRequestProcessedAlpha1): void {
    this.#pending.settle(id, outcomeOf(status?.status ?? topicStatus.SUCCESS));
  }

  /** The app is gone: what it did not acknowledge goes back to the broker. */
  async abandon(): Promise<void> {
    this.#over.abort();
    this.#pending.lose();
    this.#responses.end();
    await this.#close();
  }

  /** Takes no new messages, waits for the acknowledgements of those under way, then ends the stream with UNAVAILABLE, as daprd does. */
  async drain(timeoutMs: number): Promise<void> {
    const { topic, pubsubName } = this.#options;
    this.#over.abort();
    const drained = this.#close();
    const timer = setTimeout(() => this.#pending.lose(), timeoutMs);
    try {
      await drained;
    } finally {
      clearTimeout(timer);
      this.#responses.fail(
        new MechaError(
          "UNAVAILABLE",
          `The runtime closes; the subscription to topic "${topic}" of "${pubsubName}" ends`,
          { component: pubsubName },
        ),
      );
    }
  }

  #close(): Promise<void> {
    return (this.#closing ??= this.#subscription?.close()) ?? Promise.resolve();
  }

  #deliver(message: InboundMessage, component: PubSub): Promise<DeliveryOutcome> {
    const { topic, pubsubName, policy, logger } = this.#options;
    let event: ReceivedEvent;
    try {
      event = readCloudEvent(message, this.#options);
    } catch (error) {
      logger.error(
        `message ${message.id} of topic "${topic}" of "${pubsubName}" is no CloudEvent (${String(error)}). Subscribe with the metadata rawPayload: "true" to get such messages.`,
      );
      return this.#give(message, "retry", component);
    }
    if (event.expired) {
      logger.warn(`event ${event.id} of topic "${topic}" of "${pubsubName}" has expired and is dropped`);
      return this.#give(message, "drop", component);
    }
    const bound = sizeBoundOf(message, this.#options);
    let parsed: unknown = event.parsed;
    const send = (signal?: AbortSignal): Promise<DeliveryOutcome> => {
      const value = requestOf(event, this.#options, parsed);
      // The handler may do with it what it likes, so that the next attempt needs another.
      parsed = undefined;
      return this.#send(value, bound, signal);
    };
    const outcome = policy === undefined ? send() : this.#sendByPolicy(policy, send, { message, component });
    return this.#options.deadLetterTopic === undefined
      ? outcome
      : outcome.then((word) => this.#give(message, word, component));
  }

  async #sendByPolicy(
    policy: InboundPolicy,
    send: (signal?: AbortSignal) => Promise<DeliveryOutcome>,
    { message, component }: { readonly message: InboundMessage; readonly component: PubSub },
  ): Promise<DeliveryOutcome> {
    const outcome = await policy.deliver(send, this.#over.signal);
    if (outcome !== "spent") return outcome;
    return this.#pending.isLost ? "retry" : outcomeOfSpent(message.id, { ...this.#options, component });
  }

  #send(value: appCallback.TopicEventRequest, bound: number, signal?: AbortSignal): Promise<DeliveryOutcome> {
    const outcome = this.#pending.wait(value.id, signal);
    const content = { $case: "eventMessage", value } as const;
    const isSent = this.#responses.push({ subscribeTopicEventsResponseType: content, [sizeBound]: bound } as Response);
    return isSent ? outcome : Promise.resolve("retry");
  }

  /**
   * What becomes of a message. With a dead letter topic, what was dropped goes there, and what is asked for again when the policy
   * is at its end: without one, at once, as in daprd.
   */
  async #give(message: InboundMessage, outcome: DeliveryOutcome, component: PubSub): Promise<DeliveryOutcome> {
    const { deadLetterTopic } = this.#options;
    if (outcome === "success" || deadLetterTopic === undefined || this.#pending.isLost) return outcome;
    return (await sendToDeadLetters(message, { ...this.#options, component, deadLetterTopic })) ? "success" : "retry";
  }
}

/** Written out: to spread an event costs as much as to acknowledge it. */
function requestOf(
  { id, source, type, specVersion, dataContentType, data, extensions }: ReceivedEvent,
  { topic, pubsubName }: TopicStreamOptions,
  parsed: unknown,
): ParsedEventRequest {
  return {
    id,
    source,
    type,
    specVersion,
    dataContentType,
    data,
    topic,
    pubsubName,
    path: "/",
    extensions,
    [parsedData]: parsed,
  };
}

/** An event has what its message has, which a few times as many bytes hold in any form, and a few names. */
function sizeBoundOf({ id, data, metadata }: InboundMessage, { topic, pubsubName }: TopicStreamOptions): number {
  let bytes = id.length + data.length + topic.length + pubsubName.length;
  for (const name in metadata) bytes += name.length + (metadata[name]?.length ?? 0);
  return bytes * mostBytesOfOne + namesBytes;
}
