import type { ComponentLogger, InboundMessage, PubSub } from "@mecha/spec";
import { messageOf } from "../errors/dapr-error.js";

/** Where messages go that are given up. */
export interface DeadLetterTarget {
  readonly component: PubSub;
  readonly pubsubName: string;
  readonly deadLetterTopic: string;
  readonly logger: ComponentLogger;
}

/** Publishes a message as it came to the dead letter topic; says whether the broker took it. */
export async function sendToDeadLetters(
  { id, data, contentType, metadata }: InboundMessage,
  { component, pubsubName, deadLetterTopic, logger }: DeadLetterTarget,
): Promise<boolean> {
  const message = { data, metadata, ...(contentType !== undefined && { contentType }) };
  const [failure] = await component.publish(deadLetterTopic, [message]).catch((thrown: unknown) => [thrown]);
  if (failure === undefined) return true;
  logger.error(
    `message ${id} could not be sent to the dead letter topic "${deadLetterTopic}" of "${pubsubName}": ${messageOf(failure)}`,
  );
  return false;
}
