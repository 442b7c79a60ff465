import type { ComponentLogger, DeliveryOutcome, InboundMessage, MechaError, PubSub, Subscription } from "@mecha/spec";
import type { OpenCalls } from "../app-calls/open-calls.js";
import { messageOf } from "../errors/dapr-error.js";
import { sendToDeadLetters } from "./dead-letters.js";
import { attributesOf } from "./event-attributes.js";
import type { SendEvent } from "./event-sender.js";
import { readCloudEvent, type ReceivedEvent } from "./read-cloud-event.js";
import { routeOf, type RoutingRule } from "./routing-rules.js";
import { outcomeOfSpent } from "./spent-event.js";

/** A topic whose events the runtime calls the app for. */
export interface CalledTopicOptions {
  readonly pubsubName: string;
  readonly topic: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly rules: readonly RoutingRule[];
  /** The app wants the bytes as they are. */
  readonly raw: boolean;
  readonly deadLetterTopic: string | undefined;
  readonly component: PubSub;
  readonly send: SendEvent;
  readonly logger: ComponentLogger;
  /** Aborts when the subscription is to end. */
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
  const { topic, pubsubName, logger, rules, closing, calls, send, deadLetterTopic } = options;
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
  // Calls that are given up have failed.
  const outcome = await calls.wait(send({ message, event, path })).catch((): DeliveryOutcome => "retry");
  if (outcome === "success") return outcome;
  return giveUp(outcome === "spent" ? outcomeOfSpent(message.id, options) : outcome);
}
