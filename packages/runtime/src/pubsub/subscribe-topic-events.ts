import type { pubsub, StreamHandler } from "@mecha/sdk-core/protocol";
import { MechaError, type ComponentLogger } from "@mecha/spec";
import type { Registry } from "../registry.js";
import { findPubSub } from "./find-pub-sub.js";
import { isRawPayload } from "./raw-payload.js";
import type { TopicScopes } from "./topic-scopes.js";
import { TopicStream } from "./topic-stream.js";

type Request = pubsub.SubscribeTopicEventsRequestAlpha1;
type Response = pubsub.SubscribeTopicEventsResponseAlpha1;

/** What streaming subscriptions need. */
export interface SubscribeContext {
  readonly registry: Registry;
  readonly logger: ComponentLogger;
  readonly scopes: TopicScopes;
  /** The streams that are open, so that closing the runtime can drain them. */
  readonly open: Set<TopicStream>;
}

/**
 * Dapr's SubscribeTopicEventsAlpha1: the first request names the topic, further ones acknowledge events. The stream ends
 * when the app ends its side; events that it did not acknowledge are delivered again.
 */
export function subscribeTopicEvents(context: SubscribeContext): StreamHandler<Request, Response> {
  return async function* subscribe(requests, { signal }) {
    const incoming = requests[Symbol.asyncIterator]();
    const stream = openStream(await firstRequest(incoming), context);
    context.open.add(stream);
    const abandon = (): void => void stream.abandon().catch(() => undefined);
    signal.addEventListener("abort", abandon, { once: true });
    try {
      await stream.open();
      const { wrong } = acknowledge(incoming, stream);
      yield* stream.responses;
      const error = wrong();
      if (error !== undefined) throw error;
    } finally {
      signal.removeEventListener("abort", abandon);
      context.open.delete(stream);
      await stream.abandon();
      void incoming.return?.().catch(() => undefined);
    }
  };
}

function openStream(
  initial: pubsub.SubscribeTopicEventsRequestInitialAlpha1,
  { registry, logger, scopes }: SubscribeContext,
): TopicStream {
  const { pubsubName, topic, metadata, deadLetterTopic } = initial;
  const running = findPubSub(registry, pubsubName, topic);
  scopes.requireSubscribe(running, topic);
  const { component } = running;
  const raw = isRawPayload(metadata, pubsubName);
  const toDeadLetters = deadLetterTopic !== undefined && deadLetterTopic !== "" ? { deadLetterTopic } : {};
  return new TopicStream({ pubsubName, topic, metadata, raw, component, logger, ...toDeadLetters });
}

async function firstRequest(
  incoming: AsyncIterator<Request>,
): Promise<pubsub.SubscribeTopicEventsRequestInitialAlpha1> {
  const next = await incoming.next();
  const content = next.done === true ? undefined : next.value.subscribeTopicEventsRequestType;
  if (content?.$case === "initialRequest") return content.value;
  throw new MechaError("INVALID_ARGUMENT", "The first message of a subscription must be its initial request", {
    operation: "pubsub.subscribe",
  });
}

/** Reads acknowledgements until the app ends its side; that ends the stream. */
function acknowledge(
  incoming: AsyncIterator<Request>,
  stream: TopicStream,
): { readonly wrong: () => MechaError | undefined } {
  let wrong: MechaError | undefined;
  const read = async (): Promise<void> => {
    for (let next = await incoming.next(); next.done !== true; next = await incoming.next()) {
      const content = next.value.subscribeTopicEventsRequestType;
      if (content?.$case !== "eventProcessed") {
        wrong = new MechaError("INVALID_ARGUMENT", "A subscription has one initial request; a second one came", {
          operation: "pubsub.subscribe",
        });
        return;
      }
      stream.acknowledge(content.value);
    }
  };
  void read()
    // A request stream that breaks is an app that is gone.
    .catch(() => undefined)
    .then(() => stream.abandon())
    .catch(() => undefined);
  return { wrong: () => wrong };
}
