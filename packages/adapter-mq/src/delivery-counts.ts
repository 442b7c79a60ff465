import type { EventOutcome } from "@mecha/sdk-core";
import type { ReceivedMessage } from "./legacy-message.js";

/** How many messages that failed are remembered. */
const maxMessages = 10_000;

/** Counts how often messages of a subscription failed here, for runtimes that do not say how often they delivered one. */
export interface DeliveryCounts {
  /** The message with what is known here of earlier deliveries, if that is more than it says itself. */
  correct(message: ReceivedMessage): ReceivedMessage;
  /** Takes down what became of a delivery. */
  note(message: ReceivedMessage, outcome: EventOutcome): void;
}

/** Makes counts; they end with the process. */
export function createDeliveryCounts(): DeliveryCounts {
  const failures = new Map<string, number>();
  return {
    correct(message) {
      const known = failures.get(message.messageId) ?? 0;
      return known > message.reconsumeTimes ? { ...message, reconsumeTimes: known } : message;
    },
    note({ messageId, reconsumeTimes }, outcome) {
      failures.delete(messageId);
      if (outcome !== "retry") return;
      failures.set(messageId, reconsumeTimes + 1);
      const [oldest] = failures.keys();
      if (failures.size > maxMessages && oldest !== undefined) failures.delete(oldest);
    },
  };
}
