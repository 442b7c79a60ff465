import { MechaError } from "@mecha/spec";
import type { Metadata } from "../transport/transport.js";
import type { SubscriptionTarget } from "./streamed-subscription.js";

/** How to subscribe. */
export interface TopicOptions {
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
  /** The publisher sends bare bytes, no CloudEvents. @defaultValue `false` */
  readonly rawPayload?: boolean;
  /** Where events go that are given up. */
  readonly deadLetterTopic?: string;
  /** Metadata of the subscription. */
  readonly metadata?: Metadata;
  /**
   * Most events that wait for their acknowledgement at a time, a whole number from 1; while there are so many, no more are read.
   * `1` is one after another.
   *
   * @defaultValue no bound but the runtime's
   */
  readonly maxInFlight?: number;
  /**
   * Called when the stream broke, which is reopened with a growing pause, and when it was refused for good (`fatal`), which ends
   * the loop with the same error. What it throws is an uncaught exception.
   */
  readonly onError?: (error: MechaError, fatal: boolean) => void;
}

/** What a stream cannot do, and a host can. */
const needsHost = ["match", "priority", "bulk", "route"] as const;

/**
 * What to subscribe to, in the form that the Dapr API knows.
 *
 * @throws MechaError `INVALID_ARGUMENT` for options that make no sense, or that a stream does not have.
 */
export function subscriptionTarget(pubsubName: string, topic: string, options: TopicOptions): SubscriptionTarget {
  const { rawPayload, metadata, deadLetterTopic, maxInFlight } = options;
  const refuse = (what: string): MechaError =>
    new MechaError("INVALID_ARGUMENT", `The subscription to topic "${topic}" of "${pubsubName}" ${what}`, {
      operation: "pubsub.subscribe",
      component: pubsubName,
    });
  const given = needsHost.find((name) => name in options);
  if (given !== undefined) {
    throw refuse(
      `cannot have "${given}": it is a stream, which knows neither rules nor bulk; use host().onTopic or host().onBulkTopic`,
    );
  }
  if (maxInFlight !== undefined && (!Number.isSafeInteger(maxInFlight) || maxInFlight < 1)) {
    throw refuse(`cannot have ${String(maxInFlight)} as maxInFlight; it is a whole number from 1`);
  }
  return {
    pubsubName,
    topic,
    metadata: rawPayload === true ? { ...metadata, rawPayload: "true" } : { ...metadata },
    ...(deadLetterTopic !== undefined && { deadLetterTopic }),
  };
}
