import { setTimeout as delay } from "node:timers/promises";
import { MechaError } from "@mecha/spec";
import { daprMethods } from "../dapr-methods.js";
import { TopicEventResponse_TopicEventResponseStatus as Status, type TopicEventRequest } from "../generated/dapr/proto/runtime/v1/appcallback.js";
import type { SubscribeTopicEventsRequestAlpha1 } from "../generated/dapr/proto/runtime/v1/pubsub.js";
import { PushQueue } from "../stream/push-queue.js";
import type { Metadata, Transport } from "../transport/transport.js";

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
  /** Called when the stream broke (it is being reopened) or could not be opened for good (`fatal`). */
  readonly onError?: (error: MechaError, fatal: boolean) => void;
}

/** A running subscription. */
export interface OpenSubscription {
  /** Resolves once events arrive; rejects if the runtime refuses the subscription. */
  readonly ready: Promise<void>;
  /** Resolves when the subscription is over; rejects if it ended for good by an error. */
  readonly ended: Promise<void>;
  /** Takes no new events, waits for the handlers under way and their acknowledgements, then ends. Idempotent. */
  close(): Promise<void>;
}

const statuses: Readonly<Record<EventOutcome, Status>> = { success: Status.SUCCESS, retry: Status.RETRY, drop: Status.DROP };

/** Longest pause between attempts to reopen a broken stream. */
const longestPauseMs = 10_000;

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
  const stopping = new AbortController();
  const inFlight = new Set<Promise<void>>();
  let requests = new PushQueue<SubscribeTopicEventsRequestAlpha1>();
  let markReady: () => void;
  let refuse: (error: unknown) => void;
  const ready = new Promise<void>((resolve, reject) => {
    markReady = resolve;
    refuse = reject;
  });
  ready.catch(() => undefined);

  const deliver = (event: TopicEventRequest, acknowledgements: PushQueue<SubscribeTopicEventsRequestAlpha1>): void => {
    const handling = handle(event)
      .catch((): EventOutcome => "retry")
      .then((outcome) => {
        acknowledgements.push(processed(event.id, statuses[outcome]));
      });
    inFlight.add(handling);
    void handling.finally(() => inFlight.delete(handling));
  };

  /** One life of the stream. Returns when the stream ends in order. */
  const runOnce = async (): Promise<void> => {
    requests = new PushQueue();
    const acknowledgements = requests;
    acknowledgements.push(initial(target));
    for await (const response of transport.stream(daprMethods.subscribeTopicEventsAlpha1, acknowledgements)) {
      const content = response.subscribeTopicEventsResponseType;
      if (content?.$case === "initialResponse") markReady();
      // While closing, an event is left unacknowledged: the runtime gives it to somebody else, or again later.
      if (content?.$case === "eventMessage" && !stopping.signal.aborted) deliver(content.value, acknowledgements);
    }
  };

  const run = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      try {
        await runOnce();
        if (stopping.signal.aborted) return;
      } catch (thrown) {
        if (stopping.signal.aborted) return;
        const error = MechaError.from(thrown, `Subscribing to topic "${target.topic}" of "${target.pubsubName}" failed`);
        const fatal = !isTransient(error);
        options.onError?.(error, fatal);
        if (fatal) throw error;
      }
      await pause(failures, stopping.signal);
    }
  };

  const ended = run();
  ended.then(
    () => {
      markReady();
    },
    (error: unknown) => {
      refuse(error);
    },
  );
  return {
    ready,
    ended,
    async close() {
      stopping.abort();
      await Promise.allSettled(inFlight);
      requests.end();
      await ended.catch(() => undefined);
    },
  };
}

function initial({ pubsubName, topic, metadata, deadLetterTopic }: SubscriptionTarget): SubscribeTopicEventsRequestAlpha1 {
  const value = { pubsubName, topic, metadata: { ...metadata }, deadLetterTopic };
  return { subscribeTopicEventsRequestType: { $case: "initialRequest", value } };
}

function processed(id: string, status: Status): SubscribeTopicEventsRequestAlpha1 {
  return { subscribeTopicEventsRequestType: { $case: "eventProcessed", value: { id, status: { status } } } };
}

function isTransient(error: MechaError): boolean {
  return error.code === "UNAVAILABLE" || error.code === "CANCELLED" || error.code === "UNKNOWN" || error.code === "INTERNAL";
}

/** Grows from 0.1 s to {@link longestPauseMs}, with jitter so that many subscribers do not come back at once. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(100 * 2 ** failures, longestPauseMs);
  await delay(longest * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => undefined);
}
