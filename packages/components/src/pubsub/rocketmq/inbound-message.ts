import type { InboundMessage } from "@mecha/spec";
import type { Message } from "./ali-ons.js";

/**
 * A message as a handler gets it.
 *
 * `metadata` holds the message's properties under RocketMQ's names, and what RocketMQ keeps besides under names that begin with
 * `rocketmq-`. `id` is the message's first id: RocketMQ gives each redelivery a new one (`rocketmq-message-id`).
 */
export function toInboundMessage(
  message: Message,
  brokerName: string,
  contentType: string | undefined,
): InboundMessage {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.properties)) {
    // ali-ons ends its list with a separator, from which it reads one property without a name.
    if (name !== "" && value !== null) metadata[name] = value;
  }
  Object.assign(metadata, {
    "rocketmq-message-id": message.msgId,
    "rocketmq-broker-name": brokerName,
    "rocketmq-queue-id": String(message.queueId),
    "rocketmq-queue-offset": String(message.queueOffset),
    "rocketmq-born-timestamp": String(message.bornTimestamp),
    "rocketmq-born-host": message.bornHost,
    "rocketmq-store-timestamp": String(message.storeTimestamp),
    "rocketmq-store-host": message.storeHost,
  });
  return {
    id: metadata["ORIGIN_MESSAGE_ID"] ?? message.msgId,
    data: Uint8Array.from(message.body ?? []),
    ...(contentType === undefined ? {} : { contentType }),
    metadata,
    attempt: message.reconsumeTimes + 1,
  };
}
