import { appCallback, daprMethods, type pubsub, type Transport } from "@mecha/sdk-core/protocol";

type Request = pubsub.SubscribeTopicEventsRequestAlpha1;

const { SUCCESS, RETRY, DROP } = appCallback.TopicEventResponse_TopicEventResponseStatus;

/** What a handler answers. */
export type Answer = "success" | "retry" | "drop";

const statuses = { success: SUCCESS, retry: RETRY, drop: DROP } as const;

/** A streaming subscription that keeps what it got. */
export interface TopicInbox {
  /** The events, in the order of their arrival, redeliveries included. */
  readonly events: readonly appCallback.TopicEventRequest[];
  /** Waits for so many events in all. */
  holds(count: number): Promise<void>;
  /** Ends the app's side of the stream and waits for the runtime to end its own. */
  close(): Promise<void>;
  /** Cuts the stream as a process that dies does. */
  cut(): Promise<void>;
}

/** Subscribes; resolves when the runtime has said that events will come. */
export async function openInbox(
  transport: Transport,
  target: {
    readonly pubsubName: string;
    readonly topic: string;
    readonly metadata?: Readonly<Record<string, string>>;
    readonly deadLetterTopic?: string;
  },
  answer: (event: appCallback.TopicEventRequest) => Answer | Promise<Answer> = () => "success",
): Promise<TopicInbox> {
  const stopping = new AbortController();
  const requests = new RequestQueue();
  const { pubsubName, topic, metadata, deadLetterTopic } = target;
  const value = {
    pubsubName,
    topic,
    metadata: { ...metadata },
    ...(deadLetterTopic !== undefined && { deadLetterTopic }),
  };
  requests.push({ subscribeTopicEventsRequestType: { $case: "initialRequest", value } });
  const stream = transport.stream(daprMethods.subscribeTopicEventsAlpha1, requests, { signal: stopping.signal });
  const responses = stream[Symbol.asyncIterator]();
  const first = await responses.next();
  if (first.done === true || first.value.subscribeTopicEventsResponseType?.$case !== "initialResponse") {
    throw new Error("the first response of a subscription must be the initial one");
  }
  const events: appCallback.TopicEventRequest[] = [];
  const waiters = new Set<() => void>();
  const read = async (): Promise<void> => {
    for (let next = await responses.next(); next.done !== true; next = await responses.next()) {
      const content = next.value.subscribeTopicEventsResponseType;
      if (content?.$case !== "eventMessage") throw new Error("only events may follow the initial response");
      const event = content.value;
      events.push(event);
      for (const wake of waiters) wake();
      void Promise.resolve(answer(event)).then((status) => {
        requests.push({
          subscribeTopicEventsRequestType: {
            $case: "eventProcessed",
            value: { id: event.id, status: { status: statuses[status] } },
          },
        });
      });
    }
  };
  const reading = read();
  reading.catch(() => undefined);
  return {
    events,
    holds: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (events.length < count) return;
          waiters.delete(check);
          resolve();
        };
        waiters.add(check);
        check();
      }),
    async close() {
      requests.end();
      await reading.catch(() => undefined);
    },
    async cut() {
      stopping.abort();
      await reading.catch(() => undefined);
    },
  };
}

/** Requests that come one by one. */
class RequestQueue implements AsyncIterable<Request> {
  readonly #items: Request[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  push(request: Request): void {
    this.#items.push(request);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Request, void, undefined> {
    for (;;) {
      for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) yield item;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
