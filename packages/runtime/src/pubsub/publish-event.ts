import type { Empty, pubsub, UnaryHandler } from "@mecha/sdk-core/protocol";
import { lazyCancellationOf } from "../doors/cancellation.js";
import { componentFailure } from "../errors/dapr-error.js";
import type { Registry } from "../registry.js";
import { findPubSub } from "./find-pub-sub.js";
import { toOutboundMessage } from "./outbound-message.js";
import type { TopicScopes } from "./topic-scopes.js";

/** Dapr's PublishEvent: one event; resolves when the broker holds it. */
export function publishEvent(
  registry: Registry,
  appId: string,
  scopes: TopicScopes,
): UnaryHandler<pubsub.PublishEventRequest, Empty> {
  return async (request, context) => {
    const { pubsubName, topic } = request;
    const running = findPubSub(registry, pubsubName, topic);
    scopes.requirePublish(running, topic);
    const message = toOutboundMessage(
      {
        data: request.data,
        contentType: request.dataContentType,
        metadata: request.metadata,
        trace: context.metadata,
      },
      { appId, topic, running },
    );
    const [failure] = await running.component
      .publish(topic, [message], lazyCancellationOf(context))
      .catch((thrown: unknown) => [thrown]);
    if (failure !== undefined) {
      throw componentFailure(
        "pubsubPublish",
        `error when publishing to topic ${topic} in pubsub ${pubsubName}`,
        failure,
        pubsubName,
      );
    }
    return {};
  };
}
