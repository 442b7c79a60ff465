import type { ComponentDefinition } from "@mecha/spec";
import { createRedisPubSub } from "./redis/redis-pubsub.js";
import { readRedisPubSubSettings } from "./redis/settings.js";

/**
 * Redis Streams: daprd's `pubsub.redis`, its metadata and its entries, so apps on daprd and on this runtime share topics and
 * consumer groups.
 *
 * Where daprd's component acknowledges a message whose handler asked to have it again, this one delivers it again after
 * `mecha.redeliverInterval` (200ms, doubling up to `mecha.maxRedeliverInterval`, 30s), without end or `mecha.maxRetries` times.
 *
 * Metadata as in `state.redis` for the server; `consumerID` (the app id), `processingTimeout` (60s), `redeliverInterval` (15s),
 * `queueDepth` (100), `concurrency` (10), `maxLenApprox`, `streamTTL`.
 */
export const component: ComponentDefinition<"pubsub"> = {
  type: "pubsub.redis",
  create: (context) => createRedisPubSub(context, readRedisPubSubSettings(context)),
};
