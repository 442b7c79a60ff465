import type { MechaError } from "@mecha/spec";
import { pubsubMethods } from "../generated/methods/pubsub.js";
import type { TopicEventRequest } from "../generated/dapr/proto/runtime/v1/appcallback.js";
import type { SubscribeTopicEventsRequestAlpha1 } from "../generated/dapr/proto/runtime/v1/pubsub.js";
import { PushQueue } from "../stream/push-queue.js";
import { reopenWithBackoff } from "../stream/reopen-with-backoff.js";
import type { Metadata, Transport } from "../transport/transport.js";
import { handlerFailed, statusOf } from "./event-status.js";

/** What a handler says of an event: done, deliver it again, or give it up. */
export type EventOutcome = "success" | "retry" | "drop";

/** What to subscribe to. */
export interface SubscriptionTarget {
  readonly pubsubName: string;
  readonly topic: string;
  readonly metadata?: Metadata;
  readonly deadLetterTopic?: string;
}

/** Hears of a subscription's troubles. */
export interface SubscriptionOptions {
  /**
   * Called when a handler rejected (its event is delivered again), when the stream broke (it is being reopened), or when the
   * subscription ended for good (`fatal`).
   */
  readonly onError?: (error: MechaError, fatal: boolean) => void;
}

/** A running subscription. */
export interface OpenSubscription {
  /** Resolves once events arrive, or the subscription was closed; rejects if the runtime refuses it. */
  readonly ready: Promise<void>;
  /** Resolves when the subscription is over; rejects if it ended for good by an error. */
  readonly ended: Promise<void>;
  /** Takes no new events, waits for the handlers under way and their acknowledgements, then ends. Idempotent. */
  close(): Promise<void>;
}

/** How long a runtime may take to end a stream whose app has ended its side, in milliseconds. */
const endTimeoutMs = 2_000;

/**
 * Subscribes to a topic over a streaming subscription (SubscribeTopicEventsAlpha1), which needs no port of the app.
 *
 * Each event goes to `handle`; a rejection means RETRY. A stream that breaks is reopened with a growing pause; events
 * that were not acknowledged come again.
 */
export function openSubscription(
  transport: Transport,
  target: SubscriptionTarget,
  handle: (event: TopicEventRequest) => Promise<EventOutcome>,
  options: SubscriptionOptions = {},
): OpenSubscription {
  const subscription = new StreamedSubscription(transport, target, { handle, ...options });
  return { ready: subscription.ready, ended: subscription.ended, close: () => subscription.close() };
}

interface StreamedOptions extends SubscriptionOptions {
  readonly handle: (event: TopicEventRequest) => Promise<EventOutcome>;
}

class StreamedSubscription {
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  readonly #transport: Transport;
  readonly #target: SubscriptionTarget;
  readonly #options: StreamedOptions;
  /** No new events. */
  readonly #stopping = new AbortController();
  /** Ends the call, if the other side does not. */
  readonly #hangingUp = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  #requests = new PushQueue<SubscribeTopicEventsRequestAlpha1>();
  #markReady: () => void = () => undefined;
  /** Whether the runtime has taken the stream that there is. */
  #isOpen = false;
  #closing: Promise<void> | undefined;

  constructor(transport: Transport, target: SubscriptionTarget, options: StreamedOptions) {
    this.#transport = transport;
    this.#target = target;
    this.#options = options;
    const opened = new Promise<void>((resolve) => {
      this.#markReady = resolve;
    });
    this.ended = this.#run();
    // A subscription that is over before it was ready is refused, or was closed.
    this.ready = Promise.race([opened, this.ended]);
    // Who does not await these hears of errors through `onError`.
    this.ready.catch(() => undefined);
    this.ended.catch(() => undefined);
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async #shutDown(): Promise<void> {
    this.#stopping.abort();
    // Nothing to wait for where the runtime has not answered yet.
    if (!this.#isOpen) this.#hangingUp.abort();
    await Promise.allSettled(this.#inFlight);
    this.#requests.end();
    const timer = setTimeout(() => {
      this.#hangingUp.abort();
    }, endTimeoutMs);
    await this.ended.catch(() => undefined);
    clearTimeout(timer);
  }

  #run(): Promise<void> {
    const { topic, pubsubName } = this.#target;
    return reopenWithBackoff((opened) => this.#runOnce(opened), {
      signal: this.#stopping.signal,
      attempt: `Subscribing to topic "${topic}" of "${pubsubName}" failed`,
      onError: (error, fatal) => {
        this.#report(error, fatal);
      },
    });
  }

  /** Asked at each event, between which the answer changes. */
  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** One life of the stream. Returns when the stream ends in order. */
  async #runOnce(opened: () => void): Promise<void> {
    const acknowledgements = new PushQueue<SubscribeTopicEventsRequestAlpha1>();
    this.#requests = acknowledgements;
    acknowledgements.push(initial(this.#target));
    try {
      for await (const response of this.#transport.stream(pubsubMethods.subscribeTopicEventsAlpha1, acknowledgements, {
        signal: this.#hangingUp.signal,
        subject: { operation: "pubsub.subscribe", component: this.#target.pubsubName },
      })) {
        const content = response.subscribeTopicEventsResponseType;
        if (content?.$case === "initialResponse") {
          this.#isOpen = true;
          opened();
          this.#markReady();
        }
        // While closing, an event is left unacknowledged: the runtime gives it to somebody else, or again later.
        if (content?.$case === "eventMessage" && !this.#isStopping()) this.#deliver(content.value, acknowledgements);
      }
    } finally {
      this.#isOpen = false;
      acknowledgements.end();
    }
  }

  #deliver(event: TopicEventRequest, acknowledgements: PushQueue<SubscribeTopicEventsRequestAlpha1>): void {
    const handling = this.#outcomeOf(event).then((outcome) => {
      acknowledgements.push(processed(event.id, outcome));
    });
    this.#inFlight.add(handling);
    void handling.finally(() => this.#inFlight.delete(handling));
  }

  async #outcomeOf(event: TopicEventRequest): Promise<EventOutcome> {
    try {
      return await this.#options.handle(event);
    } catch (thrown) {
      this.#report(handlerFailed(`event ${event.id}`, this.#target, thrown), false);
      return "retry";
    }
  }

  /** A listener that throws is an uncaught exception, as with any other callback, and does not end the subscription. */
  #report(error: MechaError, fatal: boolean): void {
    queueMicrotask(() => this.#options.onError?.(error, fatal));
  }
}

function initial({
  pubsubName,
  topic,
  metadata,
  deadLetterTopic,
}: SubscriptionTarget): SubscribeTopicEventsRequestAlpha1 {
  const value = { pubsubName, topic, metadata: { ...metadata }, deadLetterTopic };
  return { subscribeTopicEventsRequestType: { $case: "initialRequest", value } };
}

function processed(id: string, outcome: EventOutcome): SubscribeTopicEventsRequestAlpha1 {
  const value = { id, status: { status: statusOf(outcome) } };
  return { subscribeTopicEventsRequestType: { $case: "eventProcessed", value } };
}
