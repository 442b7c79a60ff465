/** Metadata names that hold a message's order key, most specific first: RocketMQ's, ali-ons's property, Kafka's and Dapr's. */
const orderKeyNames = ["rocketmq-shardingkey", "__SHARDING_KEY", "partitionKey"];

/** The key within which messages keep their order, if the publisher gave one. Names are taken without regard to case. */
export function orderKeyOf(metadata: Readonly<Record<string, string>>): string | undefined {
  for (const name of orderKeyNames) {
    for (const [key, value] of Object.entries(metadata)) {
      if (value !== "" && key.toLowerCase() === name.toLowerCase()) return value;
    }
  }
  return undefined;
}
