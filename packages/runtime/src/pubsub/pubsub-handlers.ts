import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { createLazyHandlers } from "../doors/lazy-handlers.js";
import { TopicScopes } from "./topic-scopes.js";
import { subscribeTopicEvents, type SubscribeContext } from "./subscribe-topic-events.js";

/** The RPCs of the pub/sub building block; those that publish are loaded at the first of them. */
export function pubsubHandlers(context: Omit<SubscribeContext, "scopes">, appId: string): DaprHandlers {
  const scopes = new TopicScopes(appId);
  const { unary } = createLazyHandlers(async () => {
    const { createPublishBlock } = await import("./publish-block.js");
    return createPublishBlock(context.registry, appId, scopes);
  });
  const bulkPublish = unary((block) => block.bulkPublishEvent);
  return {
    publishEvent: unary((block) => block.publishEvent),
    bulkPublishEvent: bulkPublish,
    bulkPublishEventAlpha1: bulkPublish,
    subscribeTopicEventsAlpha1: subscribeTopicEvents({ ...context, scopes }),
  };
}
