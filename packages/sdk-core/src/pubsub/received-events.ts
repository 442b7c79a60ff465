import type { MechaError } from "@mecha/spec";
import type { OpenResources } from "../connection/open-resources.js";
import { PushQueue } from "../stream/push-queue.js";
import type { Transport } from "../transport/transport.js";
import type { Delivery } from "./delivery.js";
import { StreamedSubscription, type SubscriptionTarget } from "./streamed-subscription.js";
import { toTopicEvent, type TopicEvent } from "./topic-event.js";

/** An event that waits for its acknowledgement. Exactly one of the three calls counts, the first. */
export interface ReceivedEvent<T> {
  readonly event: TopicEvent<T>;
  /** The payload; the same as `event.data`. */
  readonly data: T;
  /** Says that the event is done. */
  ack(): void;
  /** Asks for another delivery. */
  retry(): void;
  /** Gives the event up; it goes to the dead letter topic if there is one. */
  drop(): void;
}

/** How a loop over events runs, and what ends it. */
export interface LoopOptions {
  readonly signal: AbortSignal | undefined;
  readonly maxInFlight: number | undefined;
  readonly onError: ((error: MechaError, fatal: boolean) => void) | undefined;
  readonly open: OpenResources;
}

/**
 * Subscribes and yields events until the loop is left, the signal aborts or the connection is given back. Events that wait
 * then come again, to this or another subscriber.
 *
 * @param target - called when the first event is asked for; what it throws ends the loop
 */
export function receiveEvents<T>(
  transport: Transport,
  target: () => SubscriptionTarget,
  options: LoopOptions,
): AsyncIterable<ReceivedEvent<T>> {
  return { [Symbol.asyncIterator]: () => new EventLoop<T>(transport, target, options) };
}

/** Not a generator: events pass it one by one, and what it holds must be given back the moment that it is left. */
class EventLoop<T> implements AsyncIterator<ReceivedEvent<T>, undefined> {
  readonly #transport: Transport;
  readonly #target: () => SubscriptionTarget;
  readonly #options: LoopOptions;
  readonly #events = new PushQueue<WaitingEvent<T>>();
  #subscription: StreamedSubscription | undefined;
  #forget: () => void = () => undefined;
  #isLeft = false;

  constructor(transport: Transport, target: () => SubscriptionTarget, options: LoopOptions) {
    this.#transport = transport;
    this.#target = target;
    this.#options = options;
  }

  async next(): Promise<IteratorResult<ReceivedEvent<T>, undefined>> {
    if (!this.#isLeft) this.#subscription ??= this.#begin();
    try {
      const result = await this.#events.next();
      if (result.done !== true) return result;
    } catch (error) {
      await this.return();
      throw error;
    }
    return await this.return();
  }

  /** Whoever left the loop will not acknowledge what it still holds: it shall come again. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#isLeft = true;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#forget();
    this.#events.drain();
    this.#subscription?.giveBack();
    await this.#subscription?.close();
    return { done: true, value: undefined };
  }

  #begin(): StreamedSubscription {
    const { signal, maxInFlight, onError, open } = this.#options;
    const subscription = new StreamedSubscription(this.#transport, this.#target(), {
      deliver: (delivery) => {
        this.#events.push(new WaitingEvent<T>(delivery));
      },
      maxInFlight,
      onError,
    });
    this.#subscription = subscription;
    subscription.ended.then(
      () => {
        this.#events.end();
      },
      (error: unknown) => {
        this.#events.fail(error);
      },
    );
    this.#forget = open.add(this.#stop);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (signal?.aborted === true) this.#onAbort();
    return subscription;
  }

  /** The event that the loop is busy with keeps its time to be acknowledged; those behind it go back now. */
  readonly #stop = (): Promise<void> => {
    for (const event of this.#events.drain()) event.retry();
    return this.#subscription?.close() ?? Promise.resolve();
  };

  readonly #onAbort = (): void => void this.#stop();
}

class WaitingEvent<T> implements ReceivedEvent<T> {
  readonly event: TopicEvent<T>;
  readonly #delivery: Delivery;

  constructor(delivery: Delivery) {
    this.event = toTopicEvent<T>(delivery.request);
    this.#delivery = delivery;
  }

  get data(): T {
    return this.event.data;
  }

  ack(): void {
    this.#delivery.settle("success");
  }

  retry(): void {
    this.#delivery.settle("retry");
  }

  drop(): void {
    this.#delivery.settle("drop");
  }
}
