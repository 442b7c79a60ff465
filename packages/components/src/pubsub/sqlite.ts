import { randomUUID } from "node:crypto";
import {
  type ComponentContext,
  type ComponentDefinition,
  MechaError,
  type PubSub,
  type SubscribeOptions,
  type Subscription,
} from "@mecha/spec";
import { pubSubClosed, refuseAborted, refuseBadTopic } from "./delivery/pubsub-errors.js";
import { readSubscriptionSettings } from "./delivery/subscription-settings.js";
import { ConsumerLease } from "./sqlite/consumer-lease.js";
import { type MessageStore, openMessageStore } from "./sqlite/message-store.js";
import { cannotOpenMessages } from "./sqlite/sqlite-errors.js";
import { readConsumeFrom, readSqlitePubSubSettings, type SqlitePubSubSettings } from "./sqlite/settings.js";
import { SqliteSubscription } from "./sqlite/sqlite-subscription.js";
import { openWakeFile } from "./sqlite/wake-file.js";

/** Time between two removals of messages whose retention is over, in milliseconds, and most messages of one removal. */
const pruning = { intervalMs: 60_000, batch: 500 };

/**
 * A durable broker in a SQLite file, for the processes of one machine: ours alone.
 *
 * A publish is answered once its messages are committed. A consumer that dies is noticed by its process id, or when its
 * lease ends, and its messages go to others. Messages with one order key (`rocketmq-shardingkey`, `partitionKey`) are
 * delivered in each group one after another; one that waits to come again holds back the later ones of its key. A group that
 * is new to a topic begins with the earliest message that is kept, as a new RocketMQ group does on a young topic.
 *
 * Metadata: `connectionString` (`.mecha/pubsub.db`), `consumerID` (the app id), `redeliverInterval` (200ms, doubling),
 * `maxRedeliverInterval` (30s), `maxRetries` (unlimited; what is given up is logged), `retention` (24h, of messages that every
 * group has finished), `consumeFrom` (`earliest`, `latest`; also for a subscription), `leaseDuration` (30s), `pollInterval`
 * (1s, the backstop of the wake-up), `busyTimeout` (10s), `synchronous` (`NORMAL`, or `FULL` to survive a power cut).
 *
 * Tables: see `sqlite/message-database.ts`.
 */
export const component: ComponentDefinition<"pubsub"> = {
  type: "pubsub.sqlite",
  async create(context) {
    const settings = readSqlitePubSubSettings(context);
    const store = await openMessageStore(context, settings);
    try {
      return createSqlitePubSub(context, settings, store);
    } catch (error) {
      await store.close();
      throw cannotOpenMessages(error, context, settings.file);
    }
  },
};

function createSqlitePubSub(context: ComponentContext, settings: SqlitePubSubSettings, store: MessageStore): PubSub {
  const lease = new ConsumerLease(store, settings.leaseMs, context.logger);
  const wakeFile = openWakeFile(`${settings.file}.wake`, (problem) => {
    context.logger.debug(`waking other processes failed, their next poll finds the messages: ${String(problem)}`);
  });
  const running = new Set<SqliteSubscription>();
  const open = new Set<Subscription>();
  let poller: NodeJS.Timeout | undefined;
  let wakeScheduled = false;
  let closing: Promise<void> | undefined;

  function lookEverywhere(): void {
    for (const subscription of running) subscription.look();
  }

  async function poll(): Promise<void> {
    try {
      if (await lease.takeOver()) wakeFile.touch();
    } catch (error) {
      context.logger.debug(`looking for dead consumers failed: ${String(error)}`);
    }
    lookEverywhere();
  }

  function announce(topic: string): void {
    for (const subscription of running) if (subscription.topic === topic) subscription.take();
    if (wakeScheduled) return;
    wakeScheduled = true;
    setImmediate(() => {
      wakeScheduled = false;
      wakeFile.touch();
    });
  }

  async function prune(): Promise<void> {
    const { retentionMs, busyTimeoutMs } = settings;
    try {
      let pruned: number;
      do {
        const before = Date.now() - retentionMs;
        pruned = await store.write("pubsub.prune", (tables) => tables.prune(before, pruning.batch), busyTimeoutMs);
      } while (pruned === pruning.batch && closing === undefined);
    } catch (error) {
      context.logger.warn(`removing old messages failed, the next round tries again: ${String(error)}`);
    }
  }

  const pruner = setInterval(() => void prune(), pruning.intervalMs).unref();
  const firstPrune = prune();

  async function subscribe(
    topic: string,
    handler: Parameters<PubSub["subscribe"]>[1],
    options: SubscribeOptions,
  ): Promise<Subscription> {
    const { consumerGroup, broadcast, maxInFlight } = readSubscriptionSettings(context, options);
    const consumeFrom = readConsumeFrom({ ...context, metadata: options.metadata }, settings.consumeFrom);
    refuseNul(context, "consumer group", consumerGroup);
    await lease.takeOver();
    const name = broadcast ? `broadcast ${randomUUID()}` : consumerGroup;
    const groupOptions = broadcast ? ({ from: "latest", owner: lease.id } as const) : { from: consumeFrom };
    const groupId = await store.write(
      "pubsub.subscribe",
      (tables) => {
        lease.hold(tables);
        return tables.ensureGroup(topic, name, groupOptions);
      },
      settings.busyTimeoutMs,
    );
    if (closing !== undefined) throw pubSubClosed(context, "pubsub.subscribe");
    // A process that was taken for dead has lost its broadcast group, and nobody else would make it again.
    const letGo = broadcast ? lease.keep((tables) => tables.restoreGroup(groupId, topic, name, lease.id)) : undefined;
    const { redelivery } = settings;
    const { onError } = options;
    const subscription = new SqliteSubscription({
      ...{ context, store, lease, redelivery, topic, consumerGroup, groupId, maxInFlight, handler, onError },
    });
    running.add(subscription);
    wakeFile.watch(lookEverywhere);
    poller ??= setInterval(() => void poll(), settings.pollIntervalMs).unref();
    subscription.take();

    let ending: Promise<void> | undefined;
    const handle: Subscription = {
      close() {
        ending ??= (async () => {
          await subscription.close();
          letGo?.();
          running.delete(subscription);
          open.delete(handle);
          if (broadcast) {
            await store.write("pubsub.unsubscribe", (tables) => {
              tables.removeGroup(groupId);
            });
          } else announce(topic);
        })();
        return ending;
      },
    };
    open.add(handle);
    return handle;
  }

  return {
    backend: `file:${settings.file}`,
    features: ["BULK_PUBLISH", "ORDERED"],
    async publish(topic, messages, options) {
      if (closing !== undefined) throw pubSubClosed(context, "pubsub.publish");
      refuseAborted(context, options);
      refuseBadTopic(context, topic);
      refuseNul(context, "topic", topic);
      if (messages.length === 0) return [];
      // The caller may change its bytes and metadata before the commit.
      const copies = messages.map((message) => ({
        ...message,
        data: message.data.slice(),
        metadata: { ...message.metadata },
      }));
      await store.write(
        "pubsub.publish",
        (tables) => {
          for (const message of copies) tables.publish(topic, message);
        },
        settings.busyTimeoutMs,
      );
      announce(topic);
      return messages.map(() => undefined);
    },
    async subscribe(topic, handler, options) {
      if (closing !== undefined) throw pubSubClosed(context, "pubsub.subscribe");
      refuseBadTopic(context, topic);
      refuseNul(context, "topic", topic);
      return subscribe(topic, handler, options);
    },
    async ping() {
      if (closing !== undefined) throw pubSubClosed(context, "pubsub.ping");
      try {
        store.read.consumers(lease.id);
      } catch (error) {
        throw store.toError(error, "pubsub.ping");
      }
    },
    close() {
      closing ??= (async () => {
        clearInterval(pruner);
        clearInterval(poller);
        try {
          // Each in its turn, whatever becomes of the others: a full disk, say, must not keep the file open.
          const ended = await Promise.allSettled([...open].map((subscription) => subscription.close()));
          await lease.release();
          const failed = ended.find((result) => result.status === "rejected");
          if (failed !== undefined) throw failed.reason;
        } finally {
          await firstPrune;
          wakeFile.touch();
          wakeFile.close();
          await store.close();
        }
      })();
      return closing;
    },
  };
}

/** libsql cuts texts at NUL, so two such names could become one. */
function refuseNul(context: ComponentContext, what: string, name: string): void {
  if (!name.includes("\0")) return;
  throw new MechaError(
    "INVALID_ARGUMENT",
    `Pub/sub "${context.name}" (${context.type}): the ${what} holds a NUL character`,
    {
      component: context.name,
    },
  );
}
