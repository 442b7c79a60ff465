import { MechaError } from "@mecha/spec";
import { pubsubMethods } from "../generated/methods/pubsub.js";
import type { CallOptions, Transport } from "../transport/transport.js";
import type { OutgoingEvent } from "./outgoing-event.js";
import type { BulkPublishResult } from "./publish-options.js";

/** An event with its name in the call. */
interface BulkEntry {
  readonly entryId: string;
  readonly event: OutgoingEvent;
}

/** A bulk publish. */
export interface BulkPublish {
  readonly pubsubName: string;
  readonly topic: string;
  readonly entries: readonly BulkEntry[];
  readonly metadata: Record<string, string>;
}

/** Publishes events in one call (BulkPublishEvent); one result for each, in their order. */
export async function publishTogether(
  transport: Transport,
  { pubsubName, topic, entries, metadata }: BulkPublish,
  call: CallOptions,
): Promise<readonly BulkPublishResult[]> {
  const { failedEntries } = await transport.unary(
    pubsubMethods.bulkPublishEvent,
    {
      pubsubName,
      topic,
      entries: entries.map(({ entryId, event }) => ({
        entryId,
        event: event.bytes,
        contentType: event.contentType,
        // daprd gives the metadata of the call only to entries that have some of their own.
        metadata: { ...metadata, ...event.metadata },
      })),
      metadata,
    },
    call,
  );
  if (failedEntries.length === 0) return entries.map(() => undefined);
  const failures = new Map(failedEntries.map(({ entryId, error }) => [entryId, error]));
  return entries.map(({ entryId }) => {
    const failure = failures.get(entryId);
    if (failure === undefined) return undefined;
    return new MechaError("UNKNOWN", `Publishing to topic "${topic}" of "${pubsubName}" failed: ${failure}`, {
      component: pubsubName,
      ...(call.subject !== undefined && { operation: call.subject.operation }),
    });
  });
}
