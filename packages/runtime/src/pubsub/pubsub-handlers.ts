import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { bulkPublishEvent } from "./bulk-publish-event.js";
import { publishEvent } from "./publish-event.js";
import { subscribeTopicEvents, type SubscribeContext } from "./subscribe-topic-events.js";

/** The RPCs of the pub/sub building block. */
export function pubsubHandlers(context: SubscribeContext, appId: string): DaprHandlers {
  const bulkPublish = bulkPublishEvent(context.registry, appId);
  return {
    publishEvent: publishEvent(context.registry, appId),
    bulkPublishEvent: bulkPublish,
    bulkPublishEventAlpha1: bulkPublish,
    subscribeTopicEventsAlpha1: subscribeTopicEvents(context),
  };
}
