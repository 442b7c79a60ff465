import { MechaError, type MechaErrorCode } from "@mecha/spec";
import { Coalescer, type BatchOutcome } from "../coalescing/coalescer.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Transport } from "../transport/transport.js";
import { publishTogether } from "./bulk-publish.js";
import type { OutgoingEvent } from "./outgoing-event.js";
import type { PublishCoalescing } from "./publish-options.js";

/** An event that is published by itself. */
export interface PlainPublish {
  readonly topic: string;
  readonly isRaw: boolean;
  readonly event: OutgoingEvent;
  readonly end: CallEnd | undefined;
}

/** What is around the data of an event on the wire, in bytes, about. */
const entryOverhead = 128;

const done = { value: undefined };

/**
 * Makes one bulk call of the events of a topic that are published in the same tick, or while others of the topic are on their
 * way. They keep their order as far as the runtime publishes a bulk in order: the embedded one does; daprd publishes the entries
 * side by side where the component has no bulk of its own.
 */
export function coalescePublishes(
  transport: Transport,
  pubsubName: string,
  options: PublishCoalescing & { readonly publishOne: (publish: PlainPublish) => Promise<void> },
): (publish: PlainPublish) => Promise<void> {
  const { maximumEntries, maximumBytes, publishOne } = options;
  const subject = { operation: "pubsub.publish", component: pubsubName };
  const coalescer = new Coalescer<PlainPublish, void>({
    ...(maximumEntries !== undefined && { maximumItems: maximumEntries }),
    ...(maximumBytes !== undefined && { maximumBytes }),
    oneAtATime: true,
    groupOf: ({ topic, isRaw }) => `${isRaw ? "raw" : "event"} ${topic}`,
    bytesOf: ({ event }) => event.bytes.length + entryOverhead,
    sendOne: (publish, end) => publishOne({ ...publish, end }),
    async sendMany(publishes, signal) {
      const [{ topic, isRaw }] = publishes as readonly [PlainPublish, ...PlainPublish[]];
      const entries = publishes.map(({ event }, index) => ({ entryId: String(index), event }));
      const metadata: Record<string, string> = isRaw ? { rawPayload: "true" } : {};
      const call = callOf(subject, signal === undefined ? undefined : { signal });
      try {
        const results = await publishTogether(transport, { pubsubName, topic, entries, metadata }, call);
        return results.map((error) => (error === undefined ? done : { error }));
      } catch (error) {
        // Whoever cannot know whether an event was published must not publish it twice.
        if (!wasRefused(error)) return publishes.map(() => ({ error }));
        return await inTurn(publishes, publishOne);
      }
    },
  });
  return (publish) => coalescer.add(publish, publish.end);
}

/** One after another, so that they keep their order. */
async function inTurn(
  publishes: readonly PlainPublish[],
  publishOne: (publish: PlainPublish) => Promise<void>,
): Promise<readonly BatchOutcome<void>[]> {
  const outcomes: BatchOutcome<void>[] = [];
  for (const publish of publishes) {
    outcomes.push(
      await publishOne(publish).then(
        () => done,
        (error: unknown) => ({ error }),
      ),
    );
  }
  return outcomes;
}

/** Codes of requests that a runtime does not begin to work on. */
const refusals: ReadonlySet<MechaErrorCode> = new Set([
  "INVALID_ARGUMENT",
  "NOT_FOUND",
  "FAILED_PRECONDITION",
  "PERMISSION_DENIED",
  "UNAUTHENTICATED",
  "UNIMPLEMENTED",
  "RESOURCE_EXHAUSTED",
]);

/** Whether an error proves that no event of the call was published: the broker was not asked. */
function wasRefused(error: unknown): boolean {
  return MechaError.is(error) && refusals.has(error.code) && error.reason !== "DAPR_PUBSUB_PUBLISH_MESSAGE";
}
