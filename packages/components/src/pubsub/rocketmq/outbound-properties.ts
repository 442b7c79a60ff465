import { type ComponentContext, MechaError } from "@mecha/spec";

/** What separates names and values on RocketMQ's wire. */
// eslint-disable-next-line no-control-regex -- these characters are what is looked for
const separators = /[\u0001\u0002]/;

/** Metadata that speaks to the Dapr API and is no property of the message. */
const notProperties = new Set(["rawpayload"]);

/** The properties of a message and what decides on its queue. */
export interface OutboundProperties {
  readonly properties: Readonly<Record<string, string>>;
  readonly shardingKey: string | undefined;
}

/**
 * Turns publish metadata into properties: `rocketmq-tag` is `TAGS`, `rocketmq-key` is `KEYS` (several with commas), and
 * `rocketmq-shardingkey` is written as each of `shardingKeyProperties`; other names are properties as they are.
 */
export function toOutboundProperties(
  context: ComponentContext,
  metadata: Readonly<Record<string, string>>,
  shardingKeyProperties: readonly string[],
): OutboundProperties {
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) {
    if (separators.test(name) || separators.test(value)) {
      throw new MechaError(
        "INVALID_ARGUMENT",
        `Pub/sub "${context.name}" (${context.type}): metadata "${name}" holds the character U+0001 or U+0002, which RocketMQ uses itself`,
        { component: context.name, operation: "pubsub.publish" },
      );
    }
    const lowerCase = name.toLowerCase();
    if (notProperties.has(lowerCase)) continue;
    if (lowerCase === "rocketmq-tag") properties["TAGS"] = value;
    else if (lowerCase === "rocketmq-key") properties["KEYS"] = value.split(",").join(" ");
    else if (lowerCase === "rocketmq-shardingkey") for (const key of shardingKeyProperties) properties[key] = value;
    else properties[name] = value;
  }
  return { properties, shardingKey: properties["__SHARDING_KEY"] ?? properties["SHARDING_KEY"] };
}
