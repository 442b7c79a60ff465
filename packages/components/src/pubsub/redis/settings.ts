import type { ComponentContext } from "@mecha/spec";
import { readMetadata } from "../../metadata/metadata-reader.js";
import { readRedisSettings, type RedisSettings } from "../../state/redis/redis-settings.js";
import { readRedeliverySettings, type RedeliverySettings } from "../delivery/redelivery-settings.js";

/** What the metadata of `pubsub.redis` says. */
export interface RedisPubSubSettings {
  readonly redis: RedisSettings;
  /** Group of subscriptions that name none. */
  readonly consumerGroup: string;
  /** How long a message is another consumer's before it is taken over, in milliseconds; 0 for ever. */
  readonly processingTimeoutMs: number;
  /** How often messages are looked for that are to be taken over, in milliseconds; 0 for never. */
  readonly redeliverIntervalMs: number;
  /** Messages of a subscription that wait in this process. */
  readonly queueDepth: number;
  /** Messages handled at once, per subscription. */
  readonly concurrency: number;
  /** Length to which streams are trimmed, roughly; 0 for none. */
  readonly maxLengthApprox: number;
  /** Age at which entries are trimmed, roughly, in milliseconds; 0 for none. */
  readonly streamTtlMs: number;
  /** When a message whose handler failed comes again to this process. */
  readonly redelivery: RedeliverySettings;
}

/** Reads the metadata with daprd's names and defaults; a bare number counts milliseconds, as there. */
export function readRedisPubSubSettings(context: ComponentContext): RedisPubSubSettings {
  const metadata = readMetadata(context);
  const duration = (key: string, fallback: number): number =>
    metadata.durationMs(key, fallback, { bareNumber: "milliseconds", minMs: 0 });
  return {
    redis: readRedisSettings(context, { cluster: true }),
    consumerGroup: metadata.text("consumerID", context.appId),
    processingTimeoutMs: duration("processingTimeout", 60_000),
    redeliverIntervalMs: duration("redeliverInterval", 15_000),
    queueDepth: metadata.integer("queueDepth", 100, { min: 1, max: 100_000 }),
    concurrency: metadata.integer("concurrency", 10, { min: 1, max: 10_000 }),
    maxLengthApprox: metadata.integer("maxLenApprox", 0, { min: 0 }),
    streamTtlMs: metadata.durationMs("streamTTL", 0, { minMs: 0 }),
    redelivery: readRedeliverySettings(context, "mecha."),
  };
}
