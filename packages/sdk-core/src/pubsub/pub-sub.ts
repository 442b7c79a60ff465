import { randomUUID } from "node:crypto";
import { MechaError } from "@mecha/spec";
import { contentTypeOf, encodeValue } from "../codec.js";
import { pubsubMethods } from "../generated/methods/pubsub.js";
import type { FacadeContext } from "../facade-context.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";
import { receiveEvents, type ReceivedEvent } from "./received-events.js";
import type { SubscriptionTarget } from "./streamed-subscription.js";

/** How to publish. */
export interface PublishOptions extends CallEnd {
  /** Media type of the data. @defaultValue `application/json`; `application/octet-stream` for bytes */
  readonly contentType?: string;
  /** Send the bytes as they are, without a CloudEvent around them. @defaultValue `false` */
  readonly rawPayload?: boolean;
  /** Seconds until the event is no longer delivered: a whole number from 1. @defaultValue the component's own */
  readonly ttlSeconds?: number;
  /** Metadata for the component. */
  readonly metadata?: Metadata;
}

/** One event among several. */
export interface BulkEvent {
  readonly data: unknown;
  readonly contentType?: string;
  readonly metadata?: Metadata;
}

/** What became of one event of a bulk publish: `undefined` once the broker holds it. */
export type BulkPublishResult = MechaError | undefined;

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
}

/** A pub/sub component (Dapr's pub/sub building block). */
export interface PubSub {
  /** Publishes an event; resolves once the broker holds it. */
  publish(topic: string, data: unknown, options?: PublishOptions): Promise<void>;
  /** Publishes many events in one call; the result has one entry per event, in order. */
  publishBulk(
    topic: string,
    events: readonly BulkEvent[],
    options?: PublishOptions,
  ): Promise<readonly BulkPublishResult[]>;
  /** Subscribes and yields events as they come; an event that is not acknowledged comes again. Leaving the loop unsubscribes. */
  subscribe<T>(topic: string, options?: TopicOptions): AsyncIterable<ReceivedEvent<T>>;
}

/** Makes the facade of one pub/sub component. */
export function createPubSub({ transport, open }: FacadeContext, pubsubName: string): PubSub {
  const publishing = { operation: "pubsub.publish", component: pubsubName };
  const publishingBulk = { operation: "pubsub.publishBulk", component: pubsubName };
  return {
    async publish(topic, data, options = {}) {
      const request = {
        pubsubName,
        topic,
        data: encodeValue(data, "json", `The event for topic "${topic}" of "${pubsubName}"`),
        dataContentType: contentTypeFor(data, options.contentType),
        metadata: publishMetadata(options),
      };
      await transport.unary(pubsubMethods.publishEvent, request, callOf(publishing, options));
    },
    async publishBulk(topic, events, options = {}) {
      if (events.length === 0) return [];
      const entries = events.map(({ data, contentType, metadata }) => ({
        entryId: randomUUID(),
        event: encodeValue(data, "json", `The event for topic "${topic}" of "${pubsubName}"`),
        contentType: contentTypeFor(data, contentType ?? options.contentType),
        metadata: { ...metadata },
      }));
      const request = { pubsubName, topic, entries, metadata: publishMetadata(options) };
      const { failedEntries } = await transport.unary(
        pubsubMethods.bulkPublishEvent,
        request,
        callOf(publishingBulk, options),
      );
      const failures = new Map(failedEntries.map(({ entryId, error }) => [entryId, error]));
      return entries.map(({ entryId }) => bulkResult(failures.get(entryId), pubsubName, topic));
    },
    subscribe<T>(topic: string, options: TopicOptions = {}) {
      return receiveEvents<T>(transport, subscriptionTarget(pubsubName, topic, options), {
        signal: options.signal,
        maxInFlight: undefined,
        onError: undefined,
        open,
      });
    },
  };
}

/** What to subscribe to, in the form that the Dapr API knows. */
export function subscriptionTarget(
  pubsubName: string,
  topic: string,
  { rawPayload, metadata, deadLetterTopic }: Omit<TopicOptions, "signal">,
): SubscriptionTarget {
  return {
    pubsubName,
    topic,
    metadata: rawPayload === true ? { ...metadata, rawPayload: "true" } : { ...metadata },
    ...(deadLetterTopic !== undefined && { deadLetterTopic }),
  };
}

function publishMetadata({ rawPayload, ttlSeconds, metadata }: PublishOptions): Record<string, string> {
  if (ttlSeconds !== undefined && (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1)) {
    throw new MechaError("INVALID_ARGUMENT", `ttlSeconds is ${String(ttlSeconds)}; it is a whole number from 1`, {
      operation: "pubsub.publish",
    });
  }
  return {
    ...metadata,
    ...(rawPayload === true && { rawPayload: "true" }),
    ...(ttlSeconds !== undefined && { ttlInSeconds: String(ttlSeconds) }),
  };
}

function contentTypeFor(data: unknown, given: string | undefined): string {
  return given ?? (data instanceof Uint8Array ? contentTypeOf.bytes : contentTypeOf.json);
}

function bulkResult(failure: string | undefined, component: string, topic: string): BulkPublishResult {
  if (failure === undefined) return undefined;
  return new MechaError("UNKNOWN", `Publishing to topic "${topic}" of "${component}" failed: ${failure}`, {
    component,
    operation: "pubsub.publishBulk",
  });
}
