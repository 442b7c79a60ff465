import type { ComponentContext } from "@mecha/spec";
import { readMetadata } from "../../metadata/metadata-reader.js";

/** When a message whose handler failed comes again. */
export interface RedeliverySettings {
  /** Delay before the second delivery, in milliseconds; it doubles each time. */
  readonly firstDelayMs: number;
  /** The delay stops growing here, in milliseconds. */
  readonly longestDelayMs: number;
  /** Redeliveries after which a message is dropped with a warning; `undefined` never drops. */
  readonly maxRetries: number | undefined;
}

/**
 * Reads `redeliverInterval` (default 200ms), `maxRedeliverInterval` (default 30s) and `maxRetries` (default unlimited), each
 * with a prefix where the type is daprd's and the key ours alone. A bare number counts milliseconds, as in `pubsub.redis`.
 */
export function readRedeliverySettings(context: ComponentContext, prefix: "" | "mecha." = ""): RedeliverySettings {
  const metadata = readMetadata(context);
  const duration = (key: string, fallback: number) =>
    metadata.durationMs(`${prefix}${key}`, fallback, { bareNumber: "milliseconds", minMs: 1 });
  const firstDelayMs = duration("redeliverInterval", 200);
  return {
    firstDelayMs,
    longestDelayMs: Math.max(firstDelayMs, duration("maxRedeliverInterval", 30_000)),
    maxRetries: metadata.integer(`${prefix}maxRetries`, undefined, { min: 0 }),
  };
}

/** How long to wait after the given attempt (1 for the first) failed, in milliseconds. */
export function redeliveryDelayMs(attempt: number, settings: RedeliverySettings): number {
  return Math.min(settings.firstDelayMs * 2 ** (attempt - 1), settings.longestDelayMs);
}

/** Whether a message whose given attempt failed is to be given up. */
export function isExhausted(attempt: number, { maxRetries }: RedeliverySettings): boolean {
  return maxRetries !== undefined && attempt > maxRetries;
}

/** What a log says of a message that is given up. */
export function exhaustedWarning(
  topic: string,
  consumerGroup: string,
  message: { readonly id: string; readonly attempt: number },
): string {
  return `message ${message.id} of topic "${topic}" failed ${message.attempt} times in consumer group "${consumerGroup}" and was dropped (maxRetries)`;
}
