import type { Registry } from "../registry.js";

/** What the metadata of a state store says of its outbox. */
export interface OutboxSettings {
  readonly storeName: string;
  /** Where the events go in the end. */
  readonly publishPubSub: string;
  readonly publishTopic: string;
  /** Through which events wait for the end of their transaction. */
  readonly outboxPubSub: string;
  /** Whether an event is dropped whose transaction has left nothing. */
  readonly discardsWhenMissing: boolean;
}

const truthy = new Set(["true", "t", "yes", "y", "on", "1"]);

/** The state stores that have an outbox (`outboxPublishPubsub` and `outboxPublishTopic` in their metadata). */
export function readOutboxSettings(registry: Registry): readonly OutboxSettings[] {
  return registry.all.flatMap(({ kind, name, metadata }) => {
    const { outboxPublishPubsub = "", outboxPublishTopic = "", outboxPubsub = "" } = metadata;
    if (kind !== "state" || outboxPublishPubsub === "" || outboxPublishTopic === "") return [];
    return [
      {
        storeName: name,
        publishPubSub: outboxPublishPubsub,
        publishTopic: outboxPublishTopic,
        outboxPubSub: outboxPubsub === "" ? outboxPublishPubsub : outboxPubsub,
        discardsWhenMissing: truthy.has((metadata["outboxDiscardWhenMissingState"] ?? "").toLowerCase()),
      },
    ];
  });
}
