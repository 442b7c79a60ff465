import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import type { Registry } from "../registry.js";
import { bulkPublishEvent } from "./bulk-publish-event.js";
import { publishEvent } from "./publish-event.js";
import type { TopicScopes } from "./topic-scopes.js";

/** The RPCs that publish. */
export type PublishBlock = Required<Pick<DaprHandlers, "publishEvent" | "bulkPublishEvent">>;

/** Makes the handlers of what publishes. */
export function createPublishBlock(registry: Registry, appId: string, scopes: TopicScopes): PublishBlock {
  return {
    publishEvent: publishEvent(registry, appId, scopes),
    bulkPublishEvent: bulkPublishEvent(registry, appId, scopes),
  };
}
