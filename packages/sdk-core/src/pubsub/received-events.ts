import type { OpenResources } from "../connection/open-resources.js";
import { PushQueue } from "../stream/push-queue.js";
import type { Transport } from "../transport/transport.js";
import { openSubscription, type EventOutcome, type SubscriptionTarget } from "./open-subscription.js";
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

/** What ends a loop over events. */
export interface LoopOptions {
  readonly signal: AbortSignal | undefined;
  readonly open: OpenResources;
}

/**
 * Subscribes and yields events until the loop is left, the signal aborts or the connection is given back. Events that wait
 * then come again, to this or another subscriber.
 */
export async function* receiveEvents<T>(
  transport: Transport,
  target: SubscriptionTarget,
  { signal, open }: LoopOptions,
): AsyncGenerator<ReceivedEvent<T>, void, undefined> {
  const events = new PushQueue<WaitingEvent<T>>();
  const waiting = new Set<(outcome: EventOutcome) => void>();
  const queued = new Set<(outcome: EventOutcome) => void>();
  let over = false;
  const isOver = (): boolean => over;
  const subscription = openSubscription(
    transport,
    target,
    (request) =>
      new Promise<EventOutcome>((resolve) => {
        waiting.add(resolve);
        queued.add(resolve);
        const settle = (outcome: EventOutcome): void => {
          waiting.delete(resolve);
          resolve(outcome);
        };
        const taken = (): void => {
          queued.delete(resolve);
        };
        events.push(new WaitingEvent(toTopicEvent<T>(request), settle, taken));
      }),
  );
  subscription.ended.then(
    () => {
      events.end();
    },
    (error: unknown) => {
      events.fail(error);
    },
  );
  // The event that the loop is busy with keeps its time to be acknowledged; those behind it go back now.
  const stop = (): Promise<void> => {
    over = true;
    events.end();
    for (const giveBack of queued) giveBack("retry");
    return subscription.close();
  };
  const onAbort = (): void => void stop();
  const forget = open.add(stop);
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  try {
    for await (const event of events) {
      // The queue still yields what was in it when it ended.
      if (isOver()) return;
      event.take();
      yield event;
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    forget();
    // Whoever left the loop will not acknowledge what it still holds: it shall come again.
    for (const giveBack of waiting) giveBack("retry");
    await subscription.close();
  }
}

class WaitingEvent<T> implements ReceivedEvent<T> {
  readonly event: TopicEvent<T>;
  readonly #settle: (outcome: EventOutcome) => void;
  /** Says that the loop has the event now. */
  readonly take: () => void;

  constructor(event: TopicEvent<T>, settle: (outcome: EventOutcome) => void, take: () => void) {
    this.event = event;
    this.#settle = settle;
    this.take = take;
  }

  get data(): T {
    return this.event.data;
  }

  ack(): void {
    this.#settle("success");
  }

  retry(): void {
    this.#settle("retry");
  }

  drop(): void {
    this.#settle("drop");
  }
}
