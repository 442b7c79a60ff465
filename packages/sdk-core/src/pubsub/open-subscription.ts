import type { MechaError } from "@mecha/spec";
import type { TopicEventRequest } from "../generated/dapr/proto/runtime/v1/appcallback.js";
import type { Transport } from "../transport/transport.js";
import type { Delivery } from "./delivery.js";
import { handlerFailed, type EventOutcome } from "./event-status.js";
import { StreamedSubscription, type SubscriptionTarget } from "./streamed-subscription.js";

/** How events are taken, and who hears of a subscription's troubles. */
export interface SubscriptionOptions {
  /** Most events that are handled at a time; while there are so many, no more are read. @defaultValue no bound but the runtime's */
  readonly maxInFlight?: number;
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
  /** Has all events that are being handled delivered again, whatever their handlers will say. */
  giveBack(): void;
  /** Takes no new events, waits for the handlers under way and their acknowledgements, then ends. Idempotent. */
  close(): Promise<void>;
}

/**
 * Subscribes to a topic over a streaming subscription (SubscribeTopicEventsAlpha1), which needs no port of the app.
 *
 * Each event goes to `handle`; a rejection means RETRY. A stream that breaks is reopened with a growing pause; events
 * that were not acknowledged come again.
 */
export function openSubscription(
  transport: Transport,
  target: SubscriptionTarget,
  handle: (event: TopicEventRequest) => Promise<EventOutcome | undefined | void>,
  { maxInFlight, onError }: SubscriptionOptions = {},
): OpenSubscription {
  const run = async (delivery: Delivery): Promise<void> => {
    let outcome: EventOutcome | undefined | void = "retry";
    try {
      outcome = await handle(delivery.request);
    } catch (thrown) {
      subscription.report(handlerFailed(`event ${delivery.request.id}`, target, thrown), false);
    }
    delivery.settle(outcome);
  };
  const subscription = new StreamedSubscription(transport, target, {
    deliver: (delivery) => void run(delivery),
    maxInFlight,
    onError,
  });
  return subscription;
}
