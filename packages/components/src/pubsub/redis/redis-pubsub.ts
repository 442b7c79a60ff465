import { randomUUID } from "node:crypto";
import { type ComponentContext, MechaError, type OutboundMessage, type PubSub, type Subscription } from "@mecha/spec";
import type { ChainableCommander } from "ioredis-upstream";
import { RedisConnection } from "../../state/redis/redis-connection.js";
import { fromRedis } from "../../state/redis/redis-error.js";
import { redisUrl } from "../../state/redis/redis-settings.js";
import { pubSubClosed, refuseAborted, refuseBadTopic } from "../delivery/pubsub-errors.js";
import { readSubscriptionSettings } from "../delivery/subscription-settings.js";
import { ClusterReader } from "./cluster-reader.js";
import type { RedisPubSubSettings } from "./settings.js";
import { SocketReader } from "./socket-reader.js";
import { fieldsOf } from "./stream-entry.js";
import { StreamGroup } from "./stream-group.js";
import { StreamSubscription } from "./stream-subscription.js";

/** Connects, and makes the component. */
export async function createRedisPubSub(context: ComponentContext, settings: RedisPubSubSettings): Promise<PubSub> {
  const connection = await RedisConnection.open(context, settings.redis);
  const subscriptions = new Map<Subscription, { readonly inner: StreamSubscription; readonly key: string }>();
  let closing: Promise<void> | undefined;

  /** The other subscriptions of a group look for what one of them has given back. */
  function claimElsewhere(key: string, giver: StreamSubscription): void {
    for (const { inner, key: other } of subscriptions.values()) if (other === key && inner !== giver) inner.claim();
  }

  return {
    backend: redisUrl(settings.redis),
    features: ["BULK_PUBLISH"],
    async publish(topic, messages, options) {
      if (closing !== undefined) throw pubSubClosed(context, "pubsub.publish");
      refuseAborted(context, options);
      refuseBadTopic(context, topic);
      if (messages.length === 0) return [];
      const replies = await connection.run(
        async (redis) => {
          const chain = redis.pipeline();
          for (const message of messages) add(chain, topic, message, settings);
          return (await chain.exec()) ?? [];
        },
        { signal: options?.signal, idempotent: false },
      );
      return messages.map((_, index) => {
        const [error] = replies[index] ?? [new Error("the connection broke before Redis answered")];
        return error === null ? undefined : fromRedis(error, context, settings.redis);
      });
    },
    async subscribe(topic, handler, options) {
      if (closing !== undefined) throw pubSubClosed(context, "pubsub.subscribe");
      refuseBadTopic(context, topic);
      const { consumerGroup, concurrency: maxInFlight } = settings;
      const wanted = readSubscriptionSettings(context, options, { consumerGroup, maxInFlight });
      // No two subscribers share a group then, so each gets everything.
      const name = wanted.broadcast ? `${wanted.consumerGroup}-${randomUUID()}` : wanted.consumerGroup;
      const group = new StreamGroup(connection, topic, name);
      await group.create(wanted.broadcast ? "$" : "0");
      const reader = settings.redis.isCluster
        ? new ClusterReader(await RedisConnection.open(context, { ...settings.redis, readTimeoutMs: undefined }), group)
        : await SocketReader.open({ context, settings: settings.redis, group, control: connection });
      const key = JSON.stringify([topic, name]);
      const inner: StreamSubscription = new StreamSubscription({
        context,
        settings,
        group,
        handler,
        reader,
        maxInFlight: wanted.maxInFlight,
        onError: options.onError,
        onRelease: () => claimElsewhere(key, inner),
      });
      let ending: Promise<void> | undefined;
      const end = async (): Promise<void> => {
        await inner.close();
        subscriptions.delete(subscription);
        if (wanted.broadcast) await group.destroy();
      };
      const subscription: Subscription = { close: () => (ending ??= end()) };
      subscriptions.set(subscription, { inner, key });
      return subscription;
    },
    async ping(options) {
      if (closing !== undefined) throw new MechaError("UNAVAILABLE", `Pub/sub "${context.name}" is closed`);
      await connection.run((redis) => redis.ping(), { signal: options?.signal, idempotent: true });
    },
    close() {
      closing ??= (async () => {
        await Promise.allSettled([...subscriptions.keys()].map((subscription) => subscription.close()));
        await connection.close();
      })();
      return closing;
    },
  };
}

function add(chain: ChainableCommander, topic: string, message: OutboundMessage, settings: RedisPubSubSettings): void {
  const { maxLengthApprox, streamTtlMs } = settings;
  const fields = fieldsOf(message);
  // As daprd: the length counts if both are there.
  if (maxLengthApprox > 0) chain.xadd(topic, "MAXLEN", "~", maxLengthApprox, "*", ...fields);
  else if (streamTtlMs > 0) chain.xadd(topic, "MINID", "~", `${String(Date.now() - streamTtlMs)}-1`, "*", ...fields);
  else chain.xadd(topic, "*", ...fields);
}
