import type { TopicEventRequest } from "../generated/dapr/proto/runtime/v1/appcallback.js";
import type { SubscribeTopicEventsRequestAlpha1 } from "../generated/dapr/proto/runtime/v1/pubsub.js";
import type { PushQueue } from "../stream/push-queue.js";
import { statusOf, type EventOutcome } from "./event-status.js";

/** What is sent of events to the stream that brought them. */
export type Acknowledgements = PushQueue<SubscribeTopicEventsRequestAlpha1>;

/** An event that waits for a word on what became of it. Only the first word counts. */
export class Delivery {
  readonly request: TopicEventRequest;
  /** Neighbours among the {@link Deliveries} under way; only these change them. */
  before: Delivery | undefined;
  after: Delivery | undefined;
  readonly #acknowledgements: Acknowledgements;
  /** `undefined` once there was a word. */
  #among: Deliveries | undefined;

  constructor(request: TopicEventRequest, acknowledgements: Acknowledgements, among: Deliveries) {
    this.request = request;
    this.#acknowledgements = acknowledgements;
    this.#among = among;
  }

  /** Tells the runtime. Where the stream is over meanwhile, the runtime delivers the event again by itself. */
  settle(outcome: EventOutcome | undefined | void): void {
    const among = this.#among;
    if (among === undefined) return;
    this.#among = undefined;
    const value = { id: this.request.id, status: { status: statusOf(outcome) } };
    this.#acknowledgements.push({ subscribeTopicEventsRequestType: { $case: "eventProcessed", value } });
    among.remove(this);
  }
}

interface Waiting {
  readonly below: number;
  readonly resolve: () => void;
}

/** The events of a subscription that are under way: a list that costs an event nothing but two links. */
export class Deliveries {
  #first: Delivery | undefined;
  #last: Delivery | undefined;
  #count = 0;
  #waiting: readonly Waiting[] = [];

  /** Begins the delivery of an event. */
  add(request: TopicEventRequest, acknowledgements: Acknowledgements): Delivery {
    const delivery = new Delivery(request, acknowledgements, this);
    delivery.before = this.#last;
    if (this.#last === undefined) this.#first = delivery;
    else this.#last.after = delivery;
    this.#last = delivery;
    this.#count++;
    return delivery;
  }

  /** Takes one out that is settled. */
  remove(delivery: Delivery): void {
    const { before, after } = delivery;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    delivery.before = delivery.after = undefined;
    this.#count--;
    if (this.#waiting.length > 0) this.#wake();
  }

  /** Has all that are under way delivered again. */
  giveBack(): void {
    while (this.#first !== undefined) this.#first.settle("retry");
  }

  /** Resolves when fewer than so many are under way; `undefined` if they are fewer. */
  untilBelow(below: number): Promise<void> | undefined {
    if (this.#count < below) return undefined;
    return new Promise((resolve) => {
      this.#waiting = [...this.#waiting, { below, resolve }];
    });
  }

  #wake(): void {
    const woken = this.#waiting.filter(({ below }) => this.#count < below);
    if (woken.length === 0) return;
    this.#waiting = this.#waiting.filter(({ below }) => this.#count >= below);
    for (const { resolve } of woken) resolve();
  }
}
