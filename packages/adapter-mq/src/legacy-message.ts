import { setOwn } from "@mecha/adapter-kit";

/** A message as RocketMQ's legacy clients know it: a body and properties under RocketMQ's names. */
export interface LegacyMessage {
  readonly topic: string;
  readonly body: Uint8Array;
  /** TAGS, KEYS, __SHARDING_KEY, DELAY, … and the sender's own. */
  readonly properties: Readonly<Record<string, string>>;
}

/** A message as a consumer gets it. */
export interface ReceivedMessage extends LegacyMessage {
  /** Identity of this delivery where the broker tells deliveries apart (RocketMQ does), else of the message. */
  readonly messageId: string;
  /** How often it was delivered before. */
  readonly reconsumeTimes: number;
  /** What the broker says of the message, by its name without the prefix `rocketmq-`; empty for other brokers. */
  readonly broker: Readonly<Record<string, string>>;
}

/** An event as a streaming subscription delivers it; the parts that make a message. */
export interface MessageEvent {
  readonly id: string;
  readonly topic: string;
  readonly pubsubName: string;
  readonly data: Uint8Array;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** RocketMQ's property names. */
export const tagsProperty = "TAGS";
const keysProperty = "KEYS";
const shardingKeyProperty = "__SHARDING_KEY";

/** The Go and Java clients, and so daprd's component, write the sharding key under this name. */
const otherShardingKeyProperty = "SHARDING_KEY";

/** Given by daprd's pubsub.rocketmq as attributes of every event. */
const namedWithoutValue: ReadonlySet<string> = new Set([
  tagsProperty,
  keysProperty,
  otherShardingKeyProperty,
  "MSG_REGION",
]);

/** The topic of a message that the broker kept for a while and delivers again. */
const retryTopicProperty = "RETRY_TOPIC";

/** What pubsub.rocketmq says of a message besides its properties begins so. */
const brokerPrefix = "rocketmq-";

/** Property by the publish metadata that Dapr's RocketMQ component knows; other components hand the metadata on as it is. */
const propertyByMetadata: ReadonlyMap<string, string> = new Map([
  ["rocketmq-tag", tagsProperty],
  ["rocketmq-key", keysProperty],
  ["rocketmq-shardingkey", shardingKeyProperty],
]);

/**
 * Metadata of a publish request that carries a message's properties.
 *
 * KEYS goes as a plain property: `rocketmq-key` would take a comma in a key for the end of it. The sharding key goes as both:
 * daprd chooses the queue by the metadata, and ali-ons reads the property.
 */
export function toPublishMetadata(properties: LegacyMessage["properties"]): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (name === tagsProperty) metadata["rocketmq-tag"] = value;
    else setOwn(metadata, name, value);
    if (name === shardingKeyProperty) metadata["rocketmq-shardingkey"] = value;
  }
  return metadata;
}

/** The message in an event. */
export function toReceivedMessage(event: MessageEvent): ReceivedMessage {
  const properties: Record<string, string> = {};
  const broker: Record<string, string> = {};
  for (const [name, value] of Object.entries(event.extensions ?? {})) {
    if (typeof value !== "string" || isOfRuntime(name, value, event)) continue;
    // daprd names these in every event, whether the message has them or not.
    if (value === "" && namedWithoutValue.has(name)) continue;
    const property = propertyByMetadata.get(name);
    if (property === undefined && name.startsWith(brokerPrefix)) broker[name.slice(brokerPrefix.length)] = value;
    else setOwn(properties, property ?? name, value);
  }
  const otherShardingKey = properties[otherShardingKeyProperty];
  if (otherShardingKey !== undefined) properties[shardingKeyProperty] ??= otherShardingKey;
  return {
    topic: event.topic,
    body: event.data,
    properties,
    messageId: broker["message-id"] ?? event.id,
    reconsumeTimes: reconsumeTimesFrom(event.extensions),
    broker,
  };
}

/** What every event has, and the metadata with which a message is published. */
const namesOfRuntime: ReadonlySet<string> = new Set(["deliveryattempt", "rawPayload"]);

/** Attributes of the CloudEvent that daprd makes of every message, raw ones too. */
const namesOfEnvelope: ReadonlySet<string> = new Set(["traceid", "traceparent", "tracestate", "time"]);

/** Whether an extension is the runtime's and no property of the message. A sender may have a property `topic` of its own. */
function isOfRuntime(name: string, value: string, { topic, pubsubName, extensions }: MessageEvent): boolean {
  if (namesOfRuntime.has(name)) return true;
  // Only our own runtime counts deliveries, and it adds no envelope: there these are properties of the sender.
  if (namesOfEnvelope.has(name)) return extensions?.["deliveryattempt"] === undefined;
  return (name === "topic" && value === topic) || (name === "pubsubname" && value === pubsubName);
}

/**
 * How often a message was delivered before. Our runtime counts deliveries from 1; daprd does not, but hands on the
 * property that says that the broker delivers it again.
 */
function reconsumeTimesFrom(extensions: MessageEvent["extensions"] = {}): number {
  const attempt = Number(extensions["deliveryattempt"] ?? (extensions[retryTopicProperty] === undefined ? 1 : 2));
  return Number.isInteger(attempt) && attempt > 0 ? attempt - 1 : 0;
}
