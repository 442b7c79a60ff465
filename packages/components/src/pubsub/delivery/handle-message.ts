import type { ComponentContext, DeliveryOutcome, InboundMessage, MessageHandler } from "@mecha/spec";

/** Calls a handler; a rejection, which the caller has a right to see in the log, means `retry`. */
export async function handleMessage(
  context: ComponentContext,
  handler: MessageHandler,
  message: InboundMessage,
): Promise<DeliveryOutcome> {
  try {
    return await handler(message);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.logger.warn(`the handler of message ${message.id} failed, it will be delivered again: ${reason}`);
    return "retry";
  }
}
