import { randomUUID } from "node:crypto";
import {
  type ComponentContext,
  type ComponentDefinition,
  type InboundMessage,
  MechaError,
  type PubSub,
  type Subscription,
} from "@mecha/spec";
import { handleMessage } from "./delivery/handle-message.js";
import { orderKeyOf } from "./delivery/order-key.js";
import { pubSubClosed, refuseAborted, refuseBadTopic } from "./delivery/pubsub-errors.js";
import {
  exhaustedWarning,
  isExhausted,
  readRedeliverySettings,
  redeliveryDelayMs,
} from "./delivery/redelivery-settings.js";
import { readSubscriptionSettings } from "./delivery/subscription-settings.js";
import { GroupQueue } from "./memory/group-queue.js";

/**
 * Passes messages within this process: daprd's `pubsub.in-memory`, for tests. All is gone when the process ends.
 *
 * A subscription to a topic that ends with `*` gets all topics that begin like it and go on, as in daprd.
 * A consumer group exists from its first subscription on and keeps what it has not finished while it has no subscriber.
 * Messages with one order key (`rocketmq-shardingkey`, `partitionKey`) are delivered one after another in each group.
 * Ours alone: `mecha.redeliverInterval` (200ms, doubling), `mecha.maxRedeliverInterval` (30s), `mecha.maxRetries` (unlimited).
 */
export const component: ComponentDefinition<"pubsub"> = {
  type: "pubsub.in-memory",
  volatile: true,
  create: async (context) => createMemoryPubSub(context),
};

function createMemoryPubSub(context: ComponentContext): PubSub {
  const redelivery = readRedeliverySettings(context, "mecha.");
  const groupsByTopic = new Map<string, Map<string, GroupQueue>>();
  /** Topics of subscriptions that end with an asterisk. */
  const patterns = new Set<string>();
  const subscriptions = new Set<Subscription>();
  let closing: Promise<void> | undefined;

  function groupsOf(topic: string): Map<string, GroupQueue> {
    let groups = groupsByTopic.get(topic);
    if (groups === undefined) groupsByTopic.set(topic, (groups = new Map<string, GroupQueue>()));
    return groups;
  }

  /** The groups that get what is published to a topic: its own, and those of patterns that it fits. */
  function groupsFor(topic: string): Iterable<GroupQueue> {
    const own = groupsOf(topic).values();
    if (patterns.size === 0) return own;
    const fitting = [...patterns].filter((pattern) => pattern !== topic && fits(topic, pattern));
    return [...own, ...fitting.flatMap((pattern) => [...groupsOf(pattern).values()])];
  }

  function createGroup(topic: string, name: string): GroupQueue {
    return new GroupQueue({
      handle: (handler, message) => handleMessage(context, handler, message),
      redeliverAfter(message: InboundMessage) {
        if (!isExhausted(message.attempt, redelivery)) return redeliveryDelayMs(message.attempt, redelivery);
        context.logger.warn(exhaustedWarning(topic, name, message));
        return undefined;
      },
    });
  }

  return {
    backend: "memory",
    features: ["BULK_PUBLISH", "ORDERED", "SUBSCRIBE_WILDCARDS"],
    async publish(topic, messages, options) {
      if (closing !== undefined) throw pubSubClosed(context, "pubsub.publish");
      refuseAborted(context, options);
      refuseBadTopic(context, topic);
      for (const { data, contentType, metadata } of messages) {
        const message = {
          id: randomUUID(),
          data: data.slice(),
          ...(contentType === undefined ? {} : { contentType }),
          metadata: { ...metadata },
        };
        for (const group of groupsFor(topic)) group.push(message, orderKeyOf(metadata));
      }
      return messages.map(() => undefined);
    },
    async subscribe(topic, handler, options) {
      if (closing !== undefined) throw pubSubClosed(context, "pubsub.subscribe");
      refuseBadTopic(context, topic);
      const { consumerGroup, broadcast, maxInFlight } = readSubscriptionSettings(context, options);
      const groups = groupsOf(topic);
      if (topic.endsWith("*")) patterns.add(topic);
      // No consumer group can have this name: metadata values never hold NUL.
      const name = broadcast ? `broadcast\0${randomUUID()}` : consumerGroup;
      const group = groups.get(name) ?? createGroup(topic, consumerGroup);
      groups.set(name, group);
      const member = group.join(handler, maxInFlight);
      let ending: Promise<void> | undefined;
      const subscription: Subscription = {
        close() {
          ending ??= (async () => {
            if (broadcast) groups.delete(name);
            await member.close();
            subscriptions.delete(subscription);
            if (broadcast) group.clear();
          })();
          return ending;
        },
      };
      subscriptions.add(subscription);
      return subscription;
    },
    async ping() {
      if (closing !== undefined) throw new MechaError("UNAVAILABLE", `Pub/sub "${context.name}" is closed`);
    },
    close() {
      closing ??= (async () => {
        await Promise.all([...subscriptions].map((subscription) => subscription.close()));
        for (const groups of groupsByTopic.values()) for (const group of groups.values()) group.clear();
        groupsByTopic.clear();
      })();
      return closing;
    },
  };
}

/** Whether a topic begins as a pattern does and is longer. */
function fits(topic: string, pattern: string): boolean {
  return topic.length >= pattern.length && topic.startsWith(pattern.slice(0, -1));
}
