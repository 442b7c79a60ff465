import type { appCallback, AppChannel } from "@mecha/sdk-core/protocol";
import type { ComponentLogger, Subscription } from "@mecha/spec";
import { OpenCalls } from "../app-calls/open-calls.js";
import { messageOf } from "../errors/dapr-error.js";
import type { Registry } from "../registry.js";
import type { InboundRetries } from "../resiliency/inbound-retries.js";
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
  readonly retries: InboundRetries;
  /** What Subscription resources declare. */
  readonly declared: readonly appCallback.TopicSubscription[];
}

/** As daprd where a subscription does not say. */
const defaultBatchCount = 100;
const defaultBatchWaitMs = 1_000;

/**
 * Starts to call an app for its topics: those that its channel lists, and, if it is to have them, those that resources declare.
 * Resolves when events from then on will come.
 *
 * @returns how to stop: takes no new events, and waits for those under way until `giveUp` resolves
 * @throws MechaError for a subscription of the channel that cannot be; nothing stays open then. A declared one is reported.
 */
export async function startAppTopics(
  channel: AppChannel,
  context: AppTopicsContext,
  withDeclared: boolean,
): Promise<(giveUp: Promise<void>) => Promise<void>> {
  const closing = new AbortController();
  const calls = new OpenCalls();
  const open: Subscription[] = [];
  const start = async (subscription: appCallback.TopicSubscription): Promise<void> => {
    open.push(await openSubscription(subscription, { channel, context, closing, calls }));
  };
  const stop = async (giveUp: Promise<void>): Promise<void> => {
    closing.abort();
    const closed = Promise.all(open.map((subscription) => subscription.close()));
    await Promise.race([closed, giveUp]);
    calls.giveUp();
    await closed;
  };
  // All have come to their end before one that failed fails the start, so that none is left open.
  const started = await Promise.allSettled((channel.subscriptions ?? []).map(start));
  const failed = started.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await stop(Promise.resolve());
    throw failed.reason;
  }
  for (const declared of withDeclared ? context.declared : []) {
    await start(declared).catch((error: unknown) => {
      context.logger.error(
        `the declared subscription to topic "${declared.topic}" of "${declared.pubsubName}" cannot start: ${messageOf(error)}`,
      );
    });
  }
  return stop;
}

interface SubscriptionParts {
  readonly channel: AppChannel;
  readonly context: AppTopicsContext;
  readonly closing: AbortController;
  readonly calls: OpenCalls;
}

async function openSubscription(
  { pubsubName, topic, metadata, routes, deadLetterTopic, bulkSubscribe }: appCallback.TopicSubscription,
  { channel, context: { registry, logger, scopes, retries }, closing, calls }: SubscriptionParts,
): Promise<Subscription> {
  const running = findPubSub(registry, pubsubName, topic);
  scopes.requireSubscribe(running, topic);
  const raw = isRawPayload(metadata, pubsubName);
  const rules = await compileRules(routes);
  const sender = { channel, pubsubName, topic, raw, context: calls.context };
  const isBulk = bulkSubscribe?.enabled === true;
  const { maxCount, maxWaitMs } = batchLimits(bulkSubscribe);
  return openCalledTopic({
    pubsubName,
    topic,
    rules,
    raw,
    logger,
    component: running.component,
    // A batch can only be as large as the number of messages that the component hands out at once.
    metadata: isBulk ? { maxInFlight: String(maxCount), ...metadata } : metadata,
    deadLetterTopic: deadLetterTopic === "" ? undefined : deadLetterTopic,
    retry: retries.get(pubsubName),
    send: isBulk ? batchSender(sender, { maxCount, maxWaitMs }) : singleSender(sender),
    closing: closing.signal,
    calls,
  });
}

/** What a subscription does not say, or says with 0, is as in daprd. */
function batchLimits(bulk: appCallback.BulkSubscribeConfig | undefined): BatchLimits {
  const { maxMessagesCount: count = 0, maxAwaitDurationMs: wait = 0 } = bulk ?? {};
  return { maxCount: count > 0 ? count : defaultBatchCount, maxWaitMs: wait > 0 ? wait : defaultBatchWaitMs };
}
