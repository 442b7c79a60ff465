import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { bulkPublishEvent } from "./bulk-publish-event.js";
import { publishEvent } from "./publish-event.js";
import { TopicScopes } from "./topic-scopes.js";
import { subscribeTopicEvents, type SubscribeContext } from "./subscribe-topic-events.js";

/** The RPCs of the pub/sub building block. */
export function pubsubHandlers(context: Omit<SubscribeContext, "scopes">, appId: string): DaprHandlers {
  const scopes = new TopicScopes(appId);
  const bulkPublish = bulkPublishEvent(context.registry, appId, scopes);
  return {
    publishEvent: publishEvent(context.registry, appId, scopes),
    bulkPublishEvent: bulkPublish,
    bulkPublishEventAlpha1: bulkPublish,
    subscribeTopicEventsAlpha1: subscribeTopicEvents({ ...context, scopes }),
  };
}
