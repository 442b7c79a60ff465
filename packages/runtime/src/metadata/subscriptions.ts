import { metadata, type appCallback } from "@mecha/sdk-core/protocol";

const { DECLARATIVE, PROGRAMMATIC, STREAMING } = metadata.PubsubSubscriptionType;

/** A topic that an app reads by a stream of its own. */
export type StreamedTopic = Pick<metadata.PubsubSubscription, "pubsubName" | "topic" | "metadata" | "deadLetterTopic">;

/** The topics that come to an app, by who says so. */
export interface SubscribedTopics {
  /** Those of Subscription resources. */
  readonly declared: readonly appCallback.TopicSubscription[];
  /** Those that the app lists when it is asked, without those of a list that cannot be used. */
  readonly listed: readonly appCallback.TopicSubscription[];
  readonly streamed: readonly StreamedTopic[];
}

/** The subscriptions of an app as GetMetadata says them. */
export function toSubscriptions({ declared, listed, streamed }: SubscribedTopics): metadata.PubsubSubscription[] {
  return [
    ...declared.map((subscription) => toSubscription(subscription, DECLARATIVE)),
    ...listed.map((subscription) => toSubscription(subscription, PROGRAMMATIC)),
    ...streamed.map((topic) => ({ ...topic, rules: { rules: [] }, type: STREAMING })),
  ];
}

function toSubscription(
  { pubsubName, topic, metadata: ofComponent, routes, deadLetterTopic }: appCallback.TopicSubscription,
  type: metadata.PubsubSubscriptionType,
): metadata.PubsubSubscription {
  const byDefault = routes?.default ?? "";
  const ruled = routes?.rules ?? [];
  // As in daprd, no routes at all are one without a path.
  const rules = byDefault !== "" || ruled.length === 0 ? [...ruled, { match: "", path: byDefault }] : [...ruled];
  return { pubsubName, topic, metadata: ofComponent, rules: { rules }, deadLetterTopic, type };
}
