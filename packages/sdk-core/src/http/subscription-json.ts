import type { TopicSubscription } from "../generated/dapr/proto/runtime/v1/appcallback.js";

/** A subscription in the form in which daprd reads it from GET /dapr/subscribe. */
export function toSubscriptionJson(subscription: TopicSubscription): unknown {
  const { pubsubName, topic, metadata, routes, deadLetterTopic, bulkSubscribe } = subscription;
  return {
    pubsubname: pubsubName,
    topic,
    metadata,
    routes: {
      rules: routes?.rules.map(({ match, path }) => ({ match, path })) ?? [],
      ...(routes?.default && { default: routes.default }),
    },
    ...(deadLetterTopic !== "" && { deadLetterTopic }),
    ...(bulkSubscribe && { bulkSubscribe }),
  };
}
