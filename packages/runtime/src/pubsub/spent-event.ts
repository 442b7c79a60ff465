import type { ComponentLogger, DeliveryOutcome, PubSub } from "@mecha/spec";

/** What an event came to under a policy: what the app says, or `spent` if it asked for more attempts than the policy has. */
export type PolicyOutcome = DeliveryOutcome | "spent";

/** An event that its policy has given up. */
export interface SpentEvent {
  readonly pubsubName: string;
  readonly topic: string;
  readonly component: PubSub;
  readonly logger: ComponentLogger;
  /** Where it goes. @defaultValue nowhere */
  readonly deadLetterTopic?: string | undefined;
}

/**
 * What the component is told of a message whose retries are used up, as daprd has it: that it is over, unless the broker itself
 * counts deliveries and has a place for such messages.
 */
export function outcomeOfSpent(
  id: string,
  { pubsubName, topic, component, logger, deadLetterTopic }: SpentEvent,
): DeliveryOutcome {
  if (component.countsDeliveries === true) return "retry";
  if (deadLetterTopic === undefined)
    logger.error(
      `message ${id} of topic "${topic}" of "${pubsubName}" is lost: the retries of its Resiliency policy are used up. Give the subscription a deadLetterTopic, or the policy maxRetries: -1.`,
    );
  return "drop";
}
