import {
  type ComponentContext,
  MechaError,
  type MessageHandler,
  type OutboundMessage,
  type PubSub,
  type SubscribeOptions,
  type Subscription,
} from "@mecha/spec";
import { readMetadata } from "../../metadata/metadata-reader.js";
import { handleMessage } from "../delivery/handle-message.js";
import { orderKeyOf } from "../delivery/order-key.js";
import { pubSubClosed, refuseAborted, refuseBadTopic } from "../delivery/pubsub-errors.js";
import { readSubscriptionSettings } from "../delivery/subscription-settings.js";
import { GroupConsumer } from "./group-consumer.js";
import { toInboundMessage } from "./inbound-message.js";
import { toOutboundProperties } from "./outbound-properties.js";
import { probeRocketmq } from "./probe.js";
import { fromRocketmq } from "./rocketmq-errors.js";
import type { RocketmqSettings } from "./settings.js";
import { type TopicExpression, TopicMember } from "./topic-members.js";
import { TopicProducer } from "./topic-producer.js";

/** Messages without a sharding key that one publish sends at once. */
const parallelSends = 32;

/** A consumer and who hears of its failures. */
interface OpenConsumer {
  readonly consumer: GroupConsumer;
  readonly listeners: Set<NonNullable<SubscribeOptions["onError"]>>;
  /** The work on its topics, in turn. */
  turn: Promise<unknown>;
  isClosed: boolean;
}

/** Connects the component. */
export async function createRocketmqPubSub(context: ComponentContext, settings: RocketmqSettings): Promise<PubSub> {
  await probeRocketmq(context, settings.nameServers, settings.connectTimeoutMs);
  const backend = `rocketmq://${settings.nameServers.join(",")}`;
  const consumers = new Map<string, OpenConsumer>();
  const open = new Set<Subscription>();
  let producer: TopicProducer | undefined;
  let broadcasts = 0;
  let closing: Promise<void> | undefined;

  const toError = (error: unknown, attempted: string) => fromRocketmq(error, context, backend, attempted);

  function openProducer(): TopicProducer {
    producer ??= new TopicProducer(settings, context.logger, (error) => {
      context.logger.debug(toError(error, "publishing").message);
    });
    return producer;
  }

  function openConsumer(
    key: string,
    consumerGroup: string,
    broadcast: boolean,
    maxReconsumeTimes: number,
  ): OpenConsumer {
    const found = consumers.get(key);
    if (found !== undefined) return found;
    const listeners: OpenConsumer["listeners"] = new Set();
    let broken = false;
    const consumer = new GroupConsumer({
      ...{ settings, consumerGroup, broadcast, maxReconsumeTimes, logger: context.logger },
      onPulled: () => (broken = false),
      onError(error) {
        const problem = toError(error, `consuming as "${consumerGroup}"`);
        if (broken) {
          context.logger.debug(problem.message);
          return;
        }
        broken = true;
        context.logger.warn(`${problem.message}; it is tried again until it works`);
        for (const listener of listeners) listener(problem, false);
      },
    });
    const opened = { consumer, listeners, turn: Promise.resolve(), isClosed: false };
    consumers.set(key, opened);
    return opened;
  }

  /** Joins and leaves of one consumer never overlap. */
  function inTurn<T>(opened: OpenConsumer, work: () => Promise<T>): Promise<T> {
    const result = opened.turn.then(work);
    opened.turn = result.catch(() => undefined);
    return result;
  }

  async function subscribe(topic: string, handler: MessageHandler, options: SubscribeOptions): Promise<Subscription> {
    const { consumerGroup, broadcast } = settings;
    const subscription = readSubscriptionSettings(context, options, { consumerGroup, broadcast });
    const metadata = readMetadata({ ...context, metadata: options.metadata });
    const expression = readExpression(metadata);
    const maxReconsumeTimes = metadata.integer("maxReconsumeTimes", settings.maxReconsumeTimes, { min: 0 });
    // Each broadcast subscriber gets all, so each has a consumer of its own.
    const key = subscription.broadcast ? `broadcast ${String(++broadcasts)}` : `group ${subscription.consumerGroup}`;
    const member = new TopicMember(
      (message, brokerName) =>
        handleMessage(context, handler, toInboundMessage(message, brokerName, settings.contentType)),
      subscription.maxInFlight,
    );
    const { onError } = options;

    /** Joins a consumer; false if its last subscription ended meanwhile, which closed it. */
    async function join({ consumer, listeners, isClosed }: OpenConsumer): Promise<boolean> {
      if (isClosed) return false;
      const present = consumer.membersOf(topic);
      if (present?.hasExpression(expression) === false) throw otherExpression(topic, subscription.consumerGroup);
      if (onError !== undefined) listeners.add(onError);
      if (present === undefined) await consumer.addTopic(topic, expression, member);
      else present.add(member);
      consumer.dispatch();
      return true;
    }

    async function leave(opened: OpenConsumer): Promise<void> {
      const { consumer, listeners } = opened;
      consumer.membersOf(topic)?.remove(member);
      await member.leave();
      if (onError !== undefined) listeners.delete(onError);
      await inTurn(opened, async () => {
        if (consumer.membersOf(topic)?.size === 0) await consumer.removeTopic(topic);
        if (!consumer.isIdle || opened.isClosed) return;
        opened.isClosed = true;
        consumers.delete(key);
        await consumer.close();
      });
    }

    async function joinOne(): Promise<OpenConsumer> {
      for (;;) {
        const opened = openConsumer(key, subscription.consumerGroup, subscription.broadcast, maxReconsumeTimes);
        if (await inTurn(opened, () => join(opened))) return opened;
        if (closing !== undefined) throw pubSubClosed(context, "pubsub.subscribe");
      }
    }

    const joined = await joinOne();
    let ending: Promise<void> | undefined;
    const handle: Subscription = {
      close() {
        ending ??= leave(joined).finally(() => open.delete(handle));
        return ending;
      },
    };
    open.add(handle);
    return handle;
  }

  function readExpression(metadata: ReturnType<typeof readMetadata>): TopicExpression {
    const subString = metadata.text("rocketmq-sub-expression", "*");
    const type = metadata.text("rocketmq-sub-type", "tag", { allowed: ["tag", "sql92"] });
    return type === "tag" ? subString : { expressionType: "SQL92", subString };
  }

  function otherExpression(topic: string, consumerGroup: string): MechaError {
    return new MechaError(
      "FAILED_PRECONDITION",
      `Pub/sub "${context.name}": consumer group "${consumerGroup}" has topic "${topic}" with another rocketmq-sub-expression; RocketMQ allows one a group, use another consumerGroup`,
      { component: context.name, operation: "pubsub.subscribe" },
    );
  }

  function emptyBody(topic: string): MechaError {
    return new MechaError(
      "INVALID_ARGUMENT",
      `Pub/sub "${context.name}": RocketMQ takes no message without a body (topic "${topic}")`,
      {
        component: context.name,
        operation: "pubsub.publish",
      },
    );
  }

  async function send(topic: string, message: OutboundMessage): Promise<MechaError | undefined> {
    try {
      if (message.data.length === 0) throw emptyBody(topic);
      const { properties, shardingKey } = toOutboundProperties(
        context,
        message.metadata,
        settings.shardingKeyProperties,
      );
      await openProducer().deliver(topic, { body: Buffer.from(message.data), properties, shardingKey });
      return undefined;
    } catch (error) {
      return toError(error, `publishing to "${topic}"`);
    }
  }

  return {
    backend,
    features: ["BULK_PUBLISH", "FILTER_TAG", "FILTER_SQL92", "DELAY"],
    countsDeliveries: true,
    async publish(topic, messages, options) {
      if (closing !== undefined) throw pubSubClosed(context, "pubsub.publish");
      refuseAborted(context, options);
      refuseBadTopic(context, topic);
      const [first, ...others] = messages;
      if (first !== undefined && others.length === 0) return [await send(topic, first)];
      const results: (MechaError | undefined)[] = messages.map(() => undefined);
      await Promise.all(
        lanesOf(messages).map(async (lane) => {
          for (const index of lane) {
            const message = messages[index];
            if (message !== undefined) results[index] = await send(topic, message);
          }
        }),
      );
      return results;
    },
    async subscribe(topic, handler, options) {
      if (closing !== undefined) throw pubSubClosed(context, "pubsub.subscribe");
      refuseBadTopic(context, topic);
      try {
        return await subscribe(topic, handler, options);
      } catch (error) {
        throw toError(error, `subscribing to "${topic}"`);
      }
    },
    async ping() {
      await probeRocketmq(context, settings.nameServers, settings.connectTimeoutMs);
    },
    close() {
      closing ??= (async () => {
        await Promise.all([...open].map((subscription) => subscription.close()));
        await Promise.all([...consumers.values()].map(({ consumer }) => consumer.close()));
        await producer?.close();
      })();
      return closing;
    },
  };
}

/**
 * Which messages of a publish go one after another: those of one sharding key in order; the others, which RocketMQ spreads over
 * the queues and orders no further, in as many lanes as are sent at once.
 */
function lanesOf(messages: readonly OutboundMessage[]): readonly (readonly number[])[] {
  const lanes = new Map<string, number[]>();
  messages.forEach(({ metadata }, index) => {
    const key = orderKeyOf(metadata);
    const lane = key === undefined ? `lane ${String(index % parallelSends)}` : `key ${key}`;
    const indexes = lanes.get(lane);
    if (indexes === undefined) lanes.set(lane, [index]);
    else indexes.push(index);
  });
  return [...lanes.values()];
}
