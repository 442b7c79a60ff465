/** A message as RocketMQ's legacy clients know it: a body and properties under RocketMQ's names. */
export interface LegacyMessage {
  readonly topic: string;
  readonly body: Uint8Array;
  /** TAGS, KEYS, __SHARDING_KEY, DELAY, … and the sender's own. */
  readonly properties: Readonly<Record<string, string>>;
}

/** A message as a consumer gets it. */
export interface ReceivedMessage extends LegacyMessage {
  /** Identity of the message on its backend; the same for each delivery. */
  readonly messageId: string;
  /** How often it was delivered before. */
  readonly reconsumeTimes: number;
}

/** RocketMQ's property names. */
export const tagsProperty = "TAGS";
export const keysProperty = "KEYS";
export const shardingKeyProperty = "__SHARDING_KEY";

/** Property by the publish metadata that Dapr's RocketMQ component knows. */
const metadataByProperty: Readonly<Record<string, string>> = {
  [tagsProperty]: "rocketmq-tag",
  [keysProperty]: "rocketmq-key",
  [shardingKeyProperty]: "rocketmq-shardingkey",
};

const propertyByMetadata = new Map(
  Object.entries(metadataByProperty).map(([property, metadata]) => [metadata, property]),
);

/** The Go client, and so daprd's component, writes the sharding key under this name. */
propertyByMetadata.set("SHARDING_KEY", shardingKeyProperty);

/** Attributes that the runtime adds to an event; they are no properties of the message. */
const runtimeExtensions = new Set([
  "deliveryattempt",
  "topic",
  "pubsubname",
  "traceid",
  "traceparent",
  "tracestate",
  "time",
  "expiration",
  "data_base64",
]);

/** Metadata of a publish request that carries a message's properties. */
export function toPublishMetadata(properties: LegacyMessage["properties"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [metadataByProperty[name] ?? name, value]),
  );
}

/** The properties in an event's extensions. */
export function fromExtensions(extensions: Readonly<Record<string, unknown>>): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(extensions)) {
    if (runtimeExtensions.has(name) || typeof value !== "string") continue;
    Object.defineProperty(properties, propertyByMetadata.get(name) ?? name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return properties;
}

/** How often a message was delivered before: the runtime counts deliveries from 1. */
export function reconsumeTimesFrom(extensions: Readonly<Record<string, unknown>>): number {
  const attempt = Number(extensions["deliveryattempt"] ?? 1);
  return Number.isInteger(attempt) && attempt > 0 ? attempt - 1 : 0;
}
