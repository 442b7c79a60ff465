import type { pubsub, UnaryHandler } from "@mecha/sdk-core/protocol";
import { cancellationOf } from "../doors/cancellation.js";
import { componentFailure, daprError, messageOf } from "../errors/dapr-error.js";
import type { Registry } from "../registry.js";
import { findPubSub } from "./find-pub-sub.js";
import { toOutboundMessage } from "./outbound-message.js";
import type { TopicScopes } from "./topic-scopes.js";

/**
 * Dapr's BulkPublishEvent: many events in one call, in order. The response lists the entries that the broker did not take;
 * the call fails only if none could be tried.
 */
export function bulkPublishEvent(
  registry: Registry,
  appId: string,
  scopes: TopicScopes,
): UnaryHandler<pubsub.BulkPublishRequest, pubsub.BulkPublishResponse> {
  return async ({ pubsubName, topic, entries, metadata }, context) => {
    const running = findPubSub(registry, pubsubName, topic);
    scopes.requirePublish(running, topic);
    refuseRepeatedIds(entries, appId, pubsubName);
    const messages = entries.map((entry) =>
      toOutboundMessage(
        {
          data: entry.event,
          contentType: entry.contentType,
          metadata: { ...metadata, ...entry.metadata },
          trace: context.metadata,
        },
        { appId, topic, running },
      ),
    );
    if (messages.length === 0) return { failedEntries: [] };
    const results = await running.component
      .publish(topic, messages, cancellationOf(context))
      .catch((thrown: unknown) => {
        throw componentFailure(
          "pubsubPublish",
          `error when publishing to topic ${topic} in pubsub ${pubsubName}`,
          thrown,
          pubsubName,
        );
      });
    const failedEntries = entries.flatMap(({ entryId }, index) => {
      const failure = results[index];
      return failure === undefined ? [] : [{ entryId, error: messageOf(failure) }];
    });
    return { failedEntries };
  };
}

function refuseRepeatedIds(
  entries: readonly pubsub.BulkPublishRequestEntry[],
  appId: string,
  pubsubName: string,
): void {
  const seen = new Set<string>();
  for (const { entryId } of entries) {
    if (entryId === "" || seen.has(entryId)) {
      throw daprError("pubsubMarshalEvents", `entryId is duplicated or not present for entry "${entryId}"`, {
        component: pubsubName,
        metadata: { appID: appId },
      });
    }
    seen.add(entryId);
  }
}
