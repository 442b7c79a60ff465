import type { ComponentContext, SubscribeOptions } from "@mecha/spec";
import { readMetadata } from "../../metadata/metadata-reader.js";

/** What the metadata of a subscription says that every component of ours knows. */
export interface SubscriptionSettings {
  /** Who shares the messages. */
  readonly consumerGroup: string;
  /** Whether this subscriber gets every message, whatever others of its group get. */
  readonly broadcast: boolean;
  /** Messages handled at once. */
  readonly maxInFlight: number;
}

/** What holds where a subscription says nothing. */
export interface SubscriptionDefaults {
  /** @defaultValue the component's `consumerID`, else the app id */
  readonly consumerGroup?: string;
  /** @defaultValue `false` */
  readonly broadcast?: boolean;
  /** @defaultValue 10 */
  readonly maxInFlight?: number;
}

/** Reads the metadata of a subscription; what is wrong is refused with `CONFIGURATION_INVALID`. */
export function readSubscriptionSettings(
  context: ComponentContext,
  options: SubscribeOptions,
  defaults: SubscriptionDefaults = {},
): SubscriptionSettings {
  const ofComponent = readMetadata(context);
  const ofSubscription = readMetadata({ ...context, metadata: options.metadata });
  const fallback = defaults.consumerGroup ?? ofComponent.text("consumerID", context.appId);
  return {
    consumerGroup: ofSubscription.text("consumerGroup", fallback),
    broadcast: ofSubscription.boolean("broadcast", defaults.broadcast ?? false),
    maxInFlight: ofSubscription.integer("maxInFlight", defaults.maxInFlight ?? 10, { min: 1, max: 10_000 }),
  };
}
