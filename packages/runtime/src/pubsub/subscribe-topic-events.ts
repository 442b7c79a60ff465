import type { CallContext, pubsub, StreamHandler } from "@mecha/sdk-core/protocol";
import { type ReadyIterator, takeReady } from "@mecha/sdk-core/protocol-core";
import { MechaError, type ComponentLogger } from "@mecha/spec";
import { onCallEnd } from "../doors/cancellation.js";
import type { Registry } from "../registry.js";
import type { Protection } from "../resiliency/protection.js";
import { findPubSub } from "./find-pub-sub.js";
import { isRawPayload } from "./raw-payload.js";
import type { TopicScopes } from "./topic-scopes.js";
import type { TopicStream, TopicStreamOptions } from "./topic-stream.js";

type Request = pubsub.SubscribeTopicEventsRequestAlpha1;
type Response = pubsub.SubscribeTopicEventsResponseAlpha1;

/** What streaming subscriptions need. */
export interface SubscribeContext {
  readonly registry: Registry;
  readonly logger: ComponentLogger;
  readonly scopes: TopicScopes;
  /** What deliveries are protected by; absent where there are no Resiliency resources. */
  readonly protection?: Protection | undefined;
  /** The streams that are open, so that closing the runtime can drain them. */
  readonly open: Set<TopicStream>;
}

/**
 * Dapr's SubscribeTopicEventsAlpha1: the first request names the topic, further ones acknowledge events. The stream ends
 * when the app ends its side; events that it did not acknowledge are delivered again.
 */
export function subscribeTopicEvents(context: SubscribeContext): StreamHandler<Request, Response> {
  return (requests, call) => ({
    [Symbol.asyncIterator]: () => new SubscriptionResponses(requests[Symbol.asyncIterator](), call, context),
  });
}

/** What the app reads of its subscription, from the broker's queue without a generator between: each costs turns of the loop. */
class SubscriptionResponses implements ReadyIterator<Response> {
  readonly #incoming: AsyncIterator<Request>;
  readonly #call: CallContext;
  readonly #context: SubscribeContext;
  #opened: OpenedStream | undefined;
  #closing: Promise<void> | undefined;

  constructor(incoming: AsyncIterator<Request>, call: CallContext, context: SubscribeContext) {
    this.#incoming = incoming;
    this.#call = call;
    this.#context = context;
  }

  async next(): Promise<IteratorResult<Response, undefined>> {
    try {
      const { responses, wrong } = (this.#opened ??= await this.#open());
      const next = await responses.next();
      if (next.done !== true) return next;
      const error = wrong();
      if (error !== undefined) throw error;
    } catch (error) {
      await this.#close();
      throw error;
    }
    return this.return();
  }

  takeReady(): Response | undefined {
    return this.#opened === undefined ? undefined : takeReady(this.#opened.responses);
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.#close();
    return { done: true, value: undefined };
  }

  async #open(): Promise<OpenedStream> {
    const stream = await openStream(await firstRequest(this.#incoming), this.#context);
    this.#context.open.add(stream);
    const forget = onCallEnd(this.#call, () => void stream.abandon().catch(() => undefined));
    const close = async (): Promise<void> => {
      forget();
      this.#context.open.delete(stream);
      await stream.abandon();
    };
    try {
      await stream.open();
      if (this.#closing !== undefined) throw new MechaError("CANCELLED", "The subscription ended before it began");
    } catch (error) {
      await close();
      throw error;
    }
    const { wrong } = acknowledge(this.#incoming, stream);
    return { responses: stream.responses[Symbol.asyncIterator](), wrong, close };
  }

  #close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#opened?.close();
      void this.#incoming.return?.().catch(() => undefined);
    })();
    return this.#closing;
  }
}

interface OpenedStream {
  readonly responses: AsyncIterator<Response, undefined>;
  /** What the app sent that no subscription has, if it did. */
  readonly wrong: () => MechaError | undefined;
  readonly close: () => Promise<void>;
}

async function openStream(
  initial: pubsub.SubscribeTopicEventsRequestInitialAlpha1,
  { registry, logger, scopes, protection }: SubscribeContext,
): Promise<TopicStream> {
  const { pubsubName, topic, metadata, deadLetterTopic } = initial;
  const running = findPubSub(registry, pubsubName, topic);
  scopes.requireSubscribe(running, topic);
  const follow: TopicStreamOptions["follow"] = (open) =>
    registry.hold({
      kind: "pubsub",
      name: pubsubName,
      open: async (at) => {
        scopes.requireSubscribe(at, topic);
        return open(at.component);
      },
    });
  const raw = isRawPayload(metadata, pubsubName);
  const toDeadLetters = deadLetterTopic !== undefined && deadLetterTopic !== "" ? { deadLetterTopic } : {};
  const policy = protection?.inbound(pubsubName, "pubsub");
  // What events are read with is loaded by who reads some.
  const { TopicStream } = await import("./topic-stream.js");
  return new TopicStream({ pubsubName, topic, metadata, raw, follow, policy, logger, ...toDeadLetters });
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
      for (let request: Request | undefined = next.value; request !== undefined; request = takeReady(incoming)) {
        const content = request.subscribeTopicEventsRequestType;
        if (content?.$case !== "eventProcessed") {
          wrong = new MechaError("INVALID_ARGUMENT", "A subscription has one initial request; a second one came", {
            operation: "pubsub.subscribe",
          });
          return;
        }
        stream.acknowledge(content.value);
      }
    }
  };
  void read()
    // A request stream that breaks is an app that is gone.
    .catch(() => undefined)
    .then(() => stream.abandon())
    .catch(() => undefined);
  return { wrong: () => wrong };
}
