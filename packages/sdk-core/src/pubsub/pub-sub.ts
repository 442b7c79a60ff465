import { randomUUID } from "node:crypto";
import { MechaError } from "@mecha/spec";
import { contentTypeOf, encodeValue } from "../codec.js";
import { daprMethods } from "../dapr-methods.js";
import { PushQueue } from "../stream/push-queue.js";
import type { CallOptions, Metadata, Transport } from "../transport/transport.js";
import { openSubscription, type EventOutcome } from "./open-subscription.js";
import { toTopicEvent, type TopicEvent } from "./topic-event.js";

/** How to publish. */
export interface PublishOptions extends Pick<CallOptions, "signal" | "deadline"> {
  /** Media type of the data. @defaultValue `application/json`; `application/octet-stream` for bytes */
  readonly contentType?: string;
  /** Send the bytes as they are, without a CloudEvent around them. @defaultValue `false` */
  readonly rawPayload?: boolean;
  /** Metadata for the component, for example `ttlInSeconds`. */
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

/** An event that waits for its acknowledgement. Exactly one of the three calls counts, the first. */
export interface ReceivedEvent<T> {
  readonly event: TopicEvent<T>;
  /** The payload; the same as `event.data`. */
  readonly data: T;
  /** Says that the event is done. */
  ack(): void;
  /** Asks for another delivery. */
  retry(): void;
  /** Gives the event up; it goes to the dead letter topic if there is one. */
  drop(): void;
}

/** A pub/sub component (Dapr's pub/sub building block). */
export interface PubSub {
  /** Publishes an event; resolves once the broker holds it. */
  publish(topic: string, data: unknown, options?: PublishOptions): Promise<void>;
  /** Publishes many events in one call; the result has one entry per event, in order. */
  publishBulk(topic: string, events: readonly BulkEvent[], options?: PublishOptions): Promise<readonly BulkPublishResult[]>;
  /** Subscribes and yields events as they come; an event that is not acknowledged comes again. Leaving the loop unsubscribes. */
  subscribe<T>(topic: string, options?: TopicOptions): AsyncIterable<ReceivedEvent<T>>;
}

/** Makes the facade of one pub/sub component. */
export function createPubSub(transport: Transport, pubsubName: string): PubSub {
  return {
    async publish(topic, data, options = {}) {
      const request = {
        pubsubName,
        topic,
        data: encodeValue(data, "json"),
        dataContentType: contentTypeFor(data, options.contentType),
        metadata: publishMetadata(options),
      };
      await transport.unary(daprMethods.publishEvent, request, options);
    },
    async publishBulk(topic, events, options = {}) {
      const entries = events.map(({ data, contentType, metadata }) => ({
        entryId: randomUUID(),
        event: encodeValue(data, "json"),
        contentType: contentTypeFor(data, contentType ?? options.contentType),
        metadata: { ...metadata },
      }));
      const request = { pubsubName, topic, entries, metadata: publishMetadata(options) };
      const { failedEntries } = await transport.unary(daprMethods.bulkPublishEvent, request, options);
      const failures = new Map(failedEntries.map(({ entryId, error }) => [entryId, error]));
      return entries.map(({ entryId }) => bulkResult(failures.get(entryId), pubsubName, topic));
    },
    subscribe<T>(topic: string, options: TopicOptions = {}) {
      return subscribe<T>(transport, pubsubName, topic, options);
    },
  };
}

/** Metadata of a subscription with `rawPayload` in the form that the Dapr API knows. */
export function subscriptionMetadata({ rawPayload, metadata }: Pick<TopicOptions, "rawPayload" | "metadata">): Metadata {
  return rawPayload === true ? { ...metadata, rawPayload: "true" } : { ...metadata };
}

function publishMetadata({ rawPayload, metadata }: PublishOptions): Record<string, string> {
  return rawPayload === true ? { ...metadata, rawPayload: "true" } : { ...metadata };
}

function contentTypeFor(data: unknown, given: string | undefined): string {
  return given ?? (data instanceof Uint8Array ? contentTypeOf.bytes : contentTypeOf.json);
}

function bulkResult(failure: string | undefined, component: string, topic: string): BulkPublishResult {
  if (failure === undefined) return undefined;
  return new MechaError("UNKNOWN", `Publishing to topic "${topic}" of "${component}" failed: ${failure}`, { component, operation: "pubsub.publishBulk" });
}

async function* subscribe<T>(transport: Transport, pubsubName: string, topic: string, options: TopicOptions): AsyncGenerator<ReceivedEvent<T>, void, undefined> {
  const events = new PushQueue<ReceivedEvent<T>>();
  const target = { pubsubName, topic, metadata: subscriptionMetadata(options), ...(options.deadLetterTopic !== undefined && { deadLetterTopic: options.deadLetterTopic }) };
  const waiting = new Set<(outcome: EventOutcome) => void>();
  const subscription = openSubscription(
    transport,
    target,
    (request) =>
      new Promise<EventOutcome>((resolve) => {
        waiting.add(resolve);
        const settle = (outcome: EventOutcome): void => {
          waiting.delete(resolve);
          resolve(outcome);
        };
        events.push(received(toTopicEvent<T>(request), settle));
      }),
  );
  subscription.ended.then(
    () => {
      events.end();
    },
    (error: unknown) => {
      events.fail(error);
    },
  );
  const stop = (): void => {
    events.end();
  };
  options.signal?.addEventListener("abort", stop, { once: true });
  if (options.signal?.aborted === true) stop();
  try {
    yield* events;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    // Whoever left the loop will not acknowledge what it still holds: it shall come again.
    for (const resolve of waiting) resolve("retry");
    await subscription.close();
  }
}

function received<T>(event: TopicEvent<T>, settle: (outcome: EventOutcome) => void): ReceivedEvent<T> {
  return {
    event,
    get data() {
      return event.data;
    },
    ack() {
      settle("success");
    },
    retry() {
      settle("retry");
    },
    drop() {
      settle("drop");
    },
  };
}
