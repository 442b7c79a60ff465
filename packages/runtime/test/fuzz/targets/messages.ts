import { appCallback } from "@mecha/sdk-core/protocol";
import type { ComponentDefinition, InboundMessage, MessageHandler } from "@mecha/spec";
import fc from "fast-check";
import type { FuzzTarget } from "../fuzz-target.js";
import { openFuzzRuntime } from "../fuzz-runtime.js";
import { checkFailure } from "../finding.js";
import { body, metadata, mutated, nastyText } from "../nasty.js";

interface Input {
  readonly topic: (typeof topics)[number];
  readonly message: InboundMessage;
  /** What Redis has in the fields of an entry. */
  readonly entry: readonly (Uint8Array | null)[];
}

const topics = ["routed", "raw", "bulk", "dead-lettered"] as const;

/** Messages as others put them on a broker, on their way through the runtime to the app. */
export const messages: FuzzTarget<Input> = {
  inputs: () =>
    fc.record({
      topic: fc.constantFrom(...topics),
      message: fc.record({
        id: nastyText,
        data: fc.oneof({ weight: 3, arbitrary: event }, { weight: 2, arbitrary: mutated(event) }, body),
        contentType: fc.oneof(fc.constantFrom("application/json", "application/cloudevents+json"), nastyText),
        metadata,
        attempt: fc.constantFrom(1, 2, 1000),
      }),
      entry: fc.array(
        fc.oneof(
          fc.constantFrom("data", "metadata").map((name) => Buffer.from(name)),
          body,
          fc.constant(null),
        ),
        { maxLength: 5 },
      ),
    }),
  async open({ folder }) {
    const handlers = new Map<string, MessageHandler>();
    const { catalogue } = await import("@mecha/components");
    const { entriesOf, messageOf } = await import("@mecha/components/pubsub/redis/stream-entry");
    const runtime = await openFuzzRuntime(
      folder,
      {
        catalogue: { ...catalogue, "pubsub.fuzzed": () => Promise.resolve({ component: brokerOf(handlers) }) },
        app: {
          topic: ({ id }) => Promise.resolve({ status: id.length % 4 }),
          bulkTopic: ({ entries }) =>
            Promise.resolve({ statuses: entries.map(({ entryId }) => ({ entryId, status: entryId.length % 4 })) }),
          subscriptions: topics.map(subscriptionTo),
        },
      },
      { broker: "pubsub.fuzzed" },
    );
    const deliver = async (topic: string, message: InboundMessage): Promise<void> => {
      const handle = handlers.get(topic);
      if (handle === undefined) throw new Error(`nobody has subscribed to ${topic}`);
      const outcome: string = await handle(message);
      if (!["success", "retry", "drop"].includes(outcome)) throw new Error(`the outcome is ${outcome}`);
    };
    return {
      async run({ topic, message, entry }) {
        try {
          await deliver(topic, { ...message, data: Buffer.from(message.data) });
          const fields = entry.map((field) => (field === null ? null : Buffer.from(field)));
          for (const read of entriesOf([[Buffer.from("1-0"), fields], [Buffer.from("2-0"), null], null]))
            await deliver(topic, messageOf(read, 1));
        } catch (error) {
          checkFailure(error);
        }
      },
      close: () => runtime.close(),
    };
  },
};

function subscriptionTo(topic: (typeof topics)[number]): appCallback.TopicSubscription {
  const rules = [
    { match: 'event.type == "order.paid" && event.data.total > 10', path: "/paid" },
    { match: 'event.source.startsWith("shop") || has(event.subject)', path: "/shop" },
  ];
  return appCallback.TopicSubscription.fromPartial({
    pubsubName: "broker",
    topic,
    ...(topic === "routed" && { routes: { rules, default: "/rest" } }),
    ...(topic === "raw" && { metadata: { rawPayload: "true" } }),
    ...(topic === "bulk" && { bulkSubscribe: { enabled: true, maxMessagesCount: 1, maxAwaitDurationMs: 1 } }),
    ...(topic === "dead-lettered" && { deadLetterTopic: "dead" }),
  });
}

/** A broker whose messages come from the fuzzer. */
function brokerOf(handlers: Map<string, MessageHandler>): ComponentDefinition<"pubsub"> {
  return {
    type: "pubsub.fuzzed",
    create: () =>
      Promise.resolve({
        backend: "fuzzer",
        features: [],
        publish: (_, published) => Promise.resolve(published.map(() => undefined)),
        subscribe(topic, handler) {
          handlers.set(topic, handler);
          return Promise.resolve({ close: () => Promise.resolve() });
        },
      }),
  };
}

/** A CloudEvent with any values. */
const event: fc.Arbitrary<Uint8Array> = fc
  .record(
    {
      specversion: fc.constantFrom("1.0", "0.3", 1),
      id: nastyText,
      source: fc.oneof(fc.constant("shop"), nastyText),
      type: fc.oneof(fc.constant("order.paid"), nastyText),
      subject: nastyText,
      datacontenttype: fc.oneof(
        fc.constantFrom("application/json", "text/plain", "application/octet-stream"),
        nastyText,
      ),
      data: fc.oneof(fc.record({ total: fc.oneof(fc.double(), nastyText) }), fc.jsonValue({ maxDepth: 3 })),
      data_base64: fc.oneof(nastyText, fc.constantFrom(1, null)),
      expiration: fc.oneof(fc.constantFrom("2500-01-01T00:00:00Z", "1999-01-01T00:00:00Z"), nastyText),
      traceparent: nastyText,
    },
    { requiredKeys: [] },
  )
  .chain((known) => metadata.map((more) => Buffer.from(JSON.stringify({ ...known, ...more }))));
