import type { ReceivedMessage } from "@mecha/adapter-mq";
import { Message } from "ali-ons-upstream/lib/index.js";
import MessageQueue from "ali-ons-upstream/lib/message_queue.js";

/** A message as the original hands it out, with the queue that it came from. */
export interface DeliveredMessage {
  readonly message: Message;
  readonly queue: MessageQueue;
}

/** Makes ali-ons's message. What only RocketMQ knows of a message is there where RocketMQ is behind. */
export function toMessage({
  topic,
  body,
  properties,
  messageId,
  reconsumeTimes,
  broker,
}: ReceivedMessage): DeliveredMessage {
  // Like the original, which has no body at all for an empty one.
  const bytes = body.byteLength === 0 ? undefined : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const message = new Message(topic, null, bytes);
  message.properties = { TAGS: null, ...properties };
  message.msgId = messageId;
  message.reconsumeTimes = reconsumeTimes;
  message.queueId = numberOf(broker["queue-id"]);
  message.queueOffset = numberOf(broker["queue-offset"]);
  message.bornTimestamp = numberOf(broker["born-timestamp"]);
  message.bornHost = broker["born-host"] ?? null;
  message.storeTimestamp = numberOf(broker["store-timestamp"]);
  message.storeHost = broker["store-host"] ?? null;
  return { message, queue: new MessageQueue(topic, broker["broker-name"] ?? "mecha", message.queueId ?? 0) };
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
