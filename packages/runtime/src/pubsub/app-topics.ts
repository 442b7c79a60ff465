import type { appCallback, AppChannel } from "@mecha/sdk-core/protocol";
import type { ComponentLogger, Subscription } from "@mecha/spec";
import { OpenCalls } from "../app-calls/open-calls.js";
import { messageOf } from "../errors/dapr-error.js";
import type { Registry, RunningComponent } from "../registry.js";
import type { Protection } from "../resiliency/protection.js";
import { openCalledTopic } from "./called-topic.js";
import type { BatchLimits } from "./batch-collector.js";
import { batchSender, singleSender } from "./event-sender.js";
import { findPubSub } from "./find-pub-sub.js";
import { isRawPayload } from "./raw-payload.js";
import { compileRules } from "./routing-rules.js";
import type { TopicScopes } from "./topic-scopes.js";

/** What the topics of an app are called by. */
export interface AppTopicsContext {
  readonly registry: Registry;
  readonly logger: ComponentLogger;
  readonly scopes: TopicScopes;
  readonly protection: Protection | undefined;
  /** Whether the app may list topics of components that are not loaded: they are subscribed to when those come, as in daprd. */
  readonly isPatient: boolean;
}

/** The topics that an app is called for. */
export interface AppTopics {
  /** What the app lists. */
  readonly listed: readonly appCallback.TopicSubscription[];
  /** Takes these in addition to those of the channel, instead of what was declared before; one that cannot be is reported. */
  declare(subscriptions: readonly appCallback.TopicSubscription[]): Promise<void>;
  /** Takes no new events, and waits for those under way until `giveUp` resolves. */
  stop(giveUp: Promise<void>): Promise<void>;
}

/** As daprd where a subscription does not say. */
const defaultBatchCount = 100;
const defaultBatchWaitMs = 1_000;

/**
 * Starts to call an app for the topics that its channel lists. Resolves when events from then on will come.
 *
 * @throws MechaError for a subscription that cannot be; nothing stays open then.
 */
export async function startAppTopics(channel: AppChannel, context: AppTopicsContext): Promise<AppTopics> {
  const parts = { channel, context, closing: new AbortController(), calls: new OpenCalls() };
  const open = new Set<Subscription>();
  const declared = new DeclaredTopics(parts);
  const stop = async (giveUp: Promise<void>): Promise<void> => {
    parts.closing.abort();
    const closed = Promise.all([declared.close(), ...[...open].map((subscription) => subscription.close())]);
    await Promise.race([closed, giveUp]);
    parts.calls.giveUp();
    await closed;
  };
  // All have come to their end before one that failed fails the start, so that none is left open.
  const listed = context.isPatient ? await readableList(channel, context) : (channel.subscriptions ?? []);
  const start = context.isPatient ? awaitSubscription : openSubscription;
  const started = await Promise.allSettled(listed.map(async (each) => open.add(await start(each, parts))));
  const failed = started.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await stop(Promise.resolve());
    throw failed.reason;
  }
  return { listed, stop, declare: (subscriptions) => declared.set(subscriptions) };
}

/** What Subscription resources declare, one by one, so that those that stay are left as they are when others change. */
class DeclaredTopics {
  readonly #parts: SubscriptionParts;
  readonly #open = new Map<string, Subscription>();

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  async set(subscriptions: readonly appCallback.TopicSubscription[]): Promise<void> {
    const wanted = new Map(subscriptions.map((subscription) => [JSON.stringify(subscription), subscription]));
    const gone = [...this.#open].filter(([key]) => !wanted.has(key));
    for (const [key] of gone) this.#open.delete(key);
    await Promise.all(gone.map(([, subscription]) => subscription.close()));
    for (const [key, subscription] of wanted) if (!this.#open.has(key)) await this.#start(key, subscription);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((subscription) => subscription.close()));
  }

  async #start(key: string, declared: appCallback.TopicSubscription): Promise<void> {
    const { registry, logger } = this.#parts.context;
    try {
      const opened = await openSubscription(declared, this.#parts);
      this.#open.set(key, opened);
      // The whole may have been closed while this one opened.
      if (this.#parts.closing.signal.aborted) await opened.close();
    } catch (error) {
      logger.error(
        `the declared subscription to topic "${declared.topic}" of "${declared.pubsubName}" cannot start: ${messageOf(error)}`,
      );
    }
    if (registry.find("pubsub", declared.pubsubName) !== undefined || this.#open.has(key)) return;
    this.#open.set(key, await holdSubscription(declared, this.#parts));
  }
}

interface SubscriptionParts {
  readonly channel: AppChannel;
  readonly context: AppTopicsContext;
  readonly closing: AbortController;
  readonly calls: OpenCalls;
}

async function openSubscription(
  subscription: appCallback.TopicSubscription,
  parts: SubscriptionParts,
): Promise<Subscription> {
  findPubSub(parts.context.registry, subscription.pubsubName, subscription.topic);
  return holdSubscription(subscription, parts);
}

/** As in daprd, one rule that is no CEL costs an app its whole list, and the runtime goes on without. */
async function readableList(
  { subscriptions = [] }: AppChannel,
  { logger, scopes }: AppTopicsContext,
): Promise<readonly appCallback.TopicSubscription[]> {
  for (const { pubsubName, topic, routes } of subscriptions) {
    try {
      await compileRules(routes);
    } catch (error) {
      logger.error(
        `no events come to the app "${scopes.appId}": the list of its topics has topic "${topic}" of "${pubsubName}" with a rule that cannot be read. ${messageOf(error)}`,
      );
      return [];
    }
  }
  return subscriptions;
}

/** As in daprd, that a component is not there is no failure: the same app runs on other folders too. */
async function awaitSubscription(
  subscription: appCallback.TopicSubscription,
  parts: SubscriptionParts,
): Promise<Subscription> {
  const { registry, logger } = parts.context;
  const { pubsubName, topic } = subscription;
  if (pubsubName === "" || topic === "") {
    logger.error(
      `the app subscribes to topic "${topic}" of "${pubsubName}"; both need a name, so no events of it come`,
    );
    return nothing;
  }
  if (registry.find("pubsub", pubsubName) !== undefined) return openSubscription(subscription, parts);
  logger.warn(
    `the app subscribes to topic "${topic}" of the pub/sub component "${pubsubName}", which is not loaded, so no events of it come. Add a component of that name to the resources folder.`,
  );
  return holdSubscription(subscription, parts);
}

/** What an app has that may not have a topic: as in daprd, it does without, and has its others. */
const nothing: Subscription = { close: () => Promise.resolve() };

/** Subscribes by the component that there is, or by the first that comes. */
async function holdSubscription(
  { pubsubName, topic, metadata, routes, deadLetterTopic, bulkSubscribe }: appCallback.TopicSubscription,
  { channel, context: { registry, logger, scopes, protection, isPatient }, closing, calls }: SubscriptionParts,
): Promise<Subscription> {
  const raw = isRawPayload(metadata, pubsubName);
  const rules = await compileRules(routes);
  const sender = {
    ...{ channel, pubsubName, topic, raw, logger },
    context: calls.context,
    policy: protection?.inbound(pubsubName, "pubsub"),
    closing: closing.signal,
  };
  const isBulk = bulkSubscribe?.enabled === true;
  const { maxCount, maxWaitMs } = batchLimits(bulkSubscribe);
  const called = {
    pubsubName,
    topic,
    rules,
    raw,
    logger,
    // A batch can only be as large as the number of messages that the component hands out at once.
    metadata: isBulk ? { maxInFlight: String(maxCount), ...metadata } : metadata,
    deadLetterTopic: deadLetterTopic === "" ? undefined : deadLetterTopic,
    send: isBulk ? batchSender(sender, { maxCount, maxWaitMs }) : singleSender(sender),
    closing: closing.signal,
    calls,
  };
  const open = async (running: RunningComponent<"pubsub">): Promise<Subscription> => {
    if (isPatient && !scopes.allows(running, topic, "subscribe")) {
      logger.error(
        `the app may not have topic "${topic}" of "${pubsubName}" by the scopes of that component, so no events of it come`,
      );
      return nothing;
    }
    scopes.requireSubscribe(running, topic);
    return openCalledTopic({ ...called, component: running.component });
  };
  return registry.hold({ kind: "pubsub", name: pubsubName, open });
}

/** What a subscription does not say, or says with 0, is as in daprd. */
function batchLimits(bulk: appCallback.BulkSubscribeConfig | undefined): BatchLimits {
  const { maxMessagesCount: count = 0, maxAwaitDurationMs: wait = 0 } = bulk ?? {};
  return { maxCount: count > 0 ? count : defaultBatchCount, maxWaitMs: wait > 0 ? wait : defaultBatchWaitMs };
}
