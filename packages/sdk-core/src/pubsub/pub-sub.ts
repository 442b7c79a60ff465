import { randomUUID } from "node:crypto";
import type { FacadeContext } from "../facade-context.js";
import { pubsubMethods } from "../generated/methods/pubsub.js";
import { callOf } from "../transport/call-options.js";
import { publishTogether } from "./bulk-publish.js";
import { coalescePublishes, type PlainPublish } from "./coalesced-publishing.js";
import { toOutgoingEvent } from "./outgoing-event.js";
import type {
  BulkEvent,
  BulkPublishOptions,
  BulkPublishResult,
  PublishOptions,
  PubSubOptions,
} from "./publish-options.js";
import { receiveEvents, type ReceivedEvent } from "./received-events.js";
import { subscriptionTarget, type TopicOptions } from "./topic-options.js";

/** A pub/sub component (Dapr's pub/sub building block). */
export interface PubSub {
  /**
   * Publishes an event (PublishEvent); resolves once the broker holds it.
   *
   * @param data - any JSON value, a text with a `contentType` of its own, or bytes
   */
  publish(topic: string, data: unknown, options?: PublishOptions): Promise<void>;
  /**
   * Publishes many events in one call (BulkPublishEvent); the result has one entry per event, in order. It rejects when nobody can
   * say which were published: daprd does not, for components that have no bulk publish of their own.
   */
  publishBulk(
    topic: string,
    events: readonly BulkEvent[],
    options?: BulkPublishOptions,
  ): Promise<readonly BulkPublishResult[]>;
  /**
   * Subscribes (SubscribeTopicEventsAlpha1) and yields events as they come; one that is not acknowledged comes again. Leaving the
   * loop unsubscribes. Rules and bulk are for `host().onTopic`.
   */
  subscribe<T>(topic: string, options?: TopicOptions): AsyncIterable<ReceivedEvent<T>>;
}

/** Makes the facade of one pub/sub component. */
export function createPubSub(
  { transport, open, appId }: FacadeContext,
  pubsubName: string,
  { coalesce = false }: PubSubOptions = {},
): PubSub {
  const publishing = { operation: "pubsub.publish", component: pubsubName };
  const publishingBulk = { operation: "pubsub.publishBulk", component: pubsubName };
  const publishOne = async ({ topic, isRaw, event, end }: PlainPublish): Promise<void> => {
    const metadata = isRaw ? { ...event.metadata, rawPayload: "true" } : event.metadata;
    const request = { pubsubName, topic, data: event.bytes, dataContentType: event.contentType, metadata };
    await transport.unary(pubsubMethods.publishEvent, request, callOf(publishing, end));
  };
  const bounds = coalesce === true ? {} : coalesce;
  const send = bounds === false ? publishOne : coalescePublishes(transport, pubsubName, { ...bounds, publishOne });
  return {
    async publish(topic, data, options = {}) {
      const isRaw = options.rawPayload === true;
      const event = toOutgoingEvent(data, options, { pubsubName, topic, appId, isRaw, ...publishing });
      await send({ topic, isRaw, event, end: options });
    },
    async publishBulk(topic, events, options = {}) {
      if (events.length === 0) return [];
      const { rawPayload, contentType, ttlSeconds, metadata } = options;
      const isRaw = rawPayload === true;
      const common = {
        ...(contentType !== undefined && { contentType }),
        ...(ttlSeconds !== undefined && { ttlSeconds }),
      };
      const to = { pubsubName, topic, appId, isRaw, ...publishingBulk };
      const entries = events.map(({ entryId = randomUUID(), data, ...own }) => ({
        entryId,
        event: toOutgoingEvent(data, { ...common, ...own }, to),
      }));
      const bulk = { pubsubName, topic, entries, metadata: { ...metadata, ...(isRaw && { rawPayload: "true" }) } };
      return await publishTogether(transport, bulk, callOf(publishingBulk, options));
    },
    subscribe<T>(topic: string, options: TopicOptions = {}) {
      const { signal, maxInFlight, onError } = options;
      const target = () => subscriptionTarget(pubsubName, topic, options);
      return receiveEvents<T>(transport, target, { signal, maxInFlight, onError, open });
    },
  };
}
