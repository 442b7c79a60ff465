import type { MechaError } from "@mecha/spec";
import type { TopicEventRequest } from "../generated/dapr/proto/runtime/v1/appcallback.js";
import type { SubscribeTopicEventsRequestAlpha1 } from "../generated/dapr/proto/runtime/v1/pubsub.js";
import { PushQueue } from "../stream/push-queue.js";
import { takeItems } from "../stream/ready-items.js";
import { reopenWithBackoff } from "../stream/reopen-with-backoff.js";
import type { Metadata, Transport } from "../transport/transport.js";
import { Deliveries, type Acknowledgements, type Delivery } from "./delivery.js";

/** What to subscribe to. */
export interface SubscriptionTarget {
  readonly pubsubName: string;
  readonly topic: string;
  readonly metadata?: Metadata;
  readonly deadLetterTopic?: string;
}

/** Who takes the events of a subscription. */
export interface StreamedOptions {
  /** Takes an event; must not throw. */
  readonly deliver: (delivery: Delivery) => void;
  /** Most events under way; while there are so many, no more are read from the runtime. @defaultValue no bound */
  readonly maxInFlight?: number | undefined;
  /** Hears of a stream that broke and is being reopened, or (`fatal`) will not be. */
  readonly onError?: ((error: MechaError, fatal: boolean) => void) | undefined;
}

/** How long a runtime may take to end a stream whose app has ended its side, in milliseconds. */
const endTimeoutMs = 2_000;

/**
 * A streaming subscription (SubscribeTopicEventsAlpha1) that is reopened when it breaks, with a growing pause. Events that were
 * not acknowledged come again.
 */
export class StreamedSubscription {
  /** Resolves once events arrive, or the subscription was closed; rejects if the runtime refuses it. */
  readonly ready: Promise<void>;
  /** Resolves when the subscription is over; rejects if it ended for good by an error. */
  readonly ended: Promise<void>;
  readonly #transport: Transport;
  readonly #target: SubscriptionTarget;
  readonly #options: StreamedOptions;
  /** No new events. */
  readonly #stopping = new AbortController();
  /** Ends the call, if the other side does not. */
  readonly #hangingUp = new AbortController();
  readonly #deliveries = new Deliveries();
  #acknowledgements: Acknowledgements = new PushQueue();
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

  /** Has all events that are under way delivered again, whatever their handlers will say. */
  giveBack(): void {
    this.#deliveries.giveBack();
  }

  /** Takes no new events, waits for those under way and their acknowledgements, then ends. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  /** Tells `onError`. A listener that throws is an uncaught exception, as with any other callback, and ends nothing. */
  report(error: MechaError, fatal: boolean): void {
    queueMicrotask(() => this.#options.onError?.(error, fatal));
  }

  async #shutDown(): Promise<void> {
    this.#stopping.abort();
    // Nothing to wait for where the runtime has not answered yet.
    if (!this.#isOpen) this.#hangingUp.abort();
    await this.#deliveries.untilBelow(1);
    this.#acknowledgements.end();
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
        this.report(error, fatal);
      },
    });
  }

  /** Asked at each event, between which the answer changes. */
  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** One life of the stream. Returns when the stream ends in order. */
  async #runOnce(opened: () => void): Promise<void> {
    const acknowledgements: Acknowledgements = new PushQueue();
    this.#acknowledgements = acknowledgements;
    acknowledgements.push(initial(this.#target));
    const { deliver, maxInFlight = Number.POSITIVE_INFINITY } = this.#options;
    try {
      // The package's entry exports this; messages shall be loaded by who subscribes.
      const { pubsubMethods } = await import("../generated/methods/pubsub.js");
      if (this.#hangingUp.signal.aborted) return;
      const responses = this.#transport.stream(pubsubMethods.subscribeTopicEventsAlpha1, acknowledgements, {
        signal: this.#hangingUp.signal,
        subject: { operation: "pubsub.subscribe", component: this.#target.pubsubName },
      });
      const take = (event: TopicEventRequest): void => {
        // While closing, an event is left unacknowledged: the runtime gives it to somebody else, or again later.
        if (!this.#isStopping()) deliver(this.#deliveries.add(event, acknowledgements));
      };
      await takeItems(responses, ({ subscribeTopicEventsResponseType: content }) => {
        if (content?.$case === "initialResponse") {
          this.#isOpen = true;
          opened();
          this.#markReady();
        }
        if (content?.$case !== "eventMessage") return undefined;
        const full = this.#deliveries.untilBelow(maxInFlight);
        if (full !== undefined) return full.then(() => take(content.value));
        take(content.value);
        return undefined;
      });
    } finally {
      this.#isOpen = false;
      acknowledgements.end();
    }
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
