import {
  MechaError,
  type ComponentLogger,
  type DeliveryOutcome,
  type InboundMessage,
  type PubSub,
  type Subscription,
} from "@mecha/spec";
import type { OpenCalls } from "../app-calls/open-calls.js";
import { messageOf } from "../errors/dapr-error.js";
import type { RetryPolicy } from "../resiliency/retry-policy.js";
import { sendToDeadLetters } from "./dead-letters.js";
import { attributesOf } from "./event-attributes.js";
import type { RoutedEvent, SendEvent } from "./event-sender.js";
import { readCloudEvent, type ReceivedEvent } from "./read-cloud-event.js";
import { routeOf, type RoutingRule } from "./routing-rules.js";

/** A topic whose events the runtime calls the app for. */
export interface CalledTopicOptions {
  readonly pubsubName: string;
  readonly topic: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly rules: readonly RoutingRule[];
  /** The app wants the bytes as they are. */
  readonly raw: boolean;
  readonly deadLetterTopic: string | undefined;
  readonly retry: RetryPolicy | undefined;
  readonly component: PubSub;
  readonly send: SendEvent;
  readonly logger: ComponentLogger;
  /** Aborts when the subscription is to end: no further retries. */
  readonly closing: AbortSignal;
  /** The calls of the app, which may be given up at the end: their events are then to come again. */
  readonly calls: OpenCalls;
}

/**
 * Subscribes to a topic and calls the app for each event, by the first route that takes it. What the app asks to have again
 * comes by the retry policy, then by the component; with a dead letter topic it goes there instead, as does what it drops, what no
 * route takes, what has expired and what cannot be read.
 */
export function openCalledTopic(options: CalledTopicOptions): Promise<Subscription> {
  const { component, topic, metadata, pubsubName, logger } = options;
  const onError = (error: MechaError, fatal: boolean): void => {
    const state = fatal ? "ended" : "broke and was mended";
    logger.warn(`the subscription to topic "${topic}" of "${pubsubName}" ${state}: ${error.message}`);
  };
  return component.subscribe(topic, (message) => deliver(message, options), { metadata, onError });
}

async function deliver(message: InboundMessage, options: CalledTopicOptions): Promise<DeliveryOutcome> {
  const { topic, pubsubName, logger, rules, closing, deadLetterTopic } = options;
  const about = `message ${message.id} of topic "${topic}" of "${pubsubName}"`;
  const giveUp = async (otherwise: DeliveryOutcome): Promise<DeliveryOutcome> => {
    if (deadLetterTopic === undefined || closing.aborted) return otherwise;
    return (await sendToDeadLetters(message, { ...options, deadLetterTopic })) ? "success" : "retry";
  };
  let event: ReceivedEvent;
  let path: string | undefined;
  try {
    event = readCloudEvent(message, options);
    if (event.expired) {
      logger.warn(`${about} has expired and is dropped`);
      return await giveUp("drop");
    }
    path = routeOf(rules, () => attributesOf(message, event, options));
  } catch (error) {
    logger.error(`${about} cannot be read or routed: ${messageOf(error)}`);
    return giveUp("retry");
  }
  if (path === undefined) {
    logger.debug(`${about} is for no route and is skipped`);
    return giveUp("success");
  }
  const outcome = await sendUntilDone({ message, event, path }, options);
  return outcome === "success" ? outcome : giveUp(outcome);
}

/** Sends an event until the app is done with it or the retry policy is at its end. */
async function sendUntilDone(
  routed: RoutedEvent,
  { send, retry, closing, calls, logger, topic }: CalledTopicOptions,
): Promise<DeliveryOutcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await calls.wait(send(routed)).catch((error: unknown): DeliveryOutcome => {
      logger.warn(`the app did not take event ${routed.event.id} of topic "${topic}": ${messageOf(error)}`);
      // As in daprd: an app that does not have the method will not have it the next time either.
      return MechaError.is(error) && error.code === "UNIMPLEMENTED" ? "drop" : "retry";
    });
    const delayMs = outcome === "retry" && !closing.aborted ? retry?.delayMs(attempt) : undefined;
    if (delayMs === undefined) return outcome;
    await pause(delayMs, closing);
    if (closing.aborted) return "retry";
  }
}

/** Waits, but not beyond the end of the subscription. */
function pause(milliseconds: number, closing: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      closing.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    closing.addEventListener("abort", end);
  });
}
