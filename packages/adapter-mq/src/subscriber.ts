import {
  callCounter,
  createLazySession,
  requirePubSub,
  resolveMqRoute,
  type AdapterSession,
  type CallCounter,
  type ComponentRoute,
} from "@mecha/adapter-kit";
import {
  MechaError,
  openSubscription,
  type EventOutcome,
  type OpenSubscription,
  type SubscriptionTarget,
} from "@mecha/sdk-core";
import { tagTest, type FilterExpression } from "./filter-expression.js";
import { fromExtensions, reconsumeTimesFrom, tagsProperty, type ReceivedMessage } from "./legacy-message.js";

/** How a consumer group takes messages. */
export interface SubscriberOptions {
  readonly group: string;
  /** `broadcasting`: every consumer gets every message, and a failed one is not delivered again. */
  readonly model: "clustering" | "broadcasting";
  /** Messages handled at once per topic. */
  readonly parallelism: number;
  /** Deliveries after the first before a message is given up. */
  readonly maxReconsumeTimes: number;
  /** Hears of every failure: handlers that threw, messages given up, a subscription that broke. */
  readonly onError: (error: Error) => void;
}

/** One topic of a consumer group. */
export interface TopicSubscription {
  readonly topic: string;
  /** The topic as the legacy code names it (without namespace), for the rules. */
  readonly routeTopic: string;
  readonly filter: FilterExpression;
  /** Handles a message; a rejection or `retry` asks for another delivery. */
  readonly handle: (message: ReceivedMessage) => Promise<"done" | "retry">;
}

/** Takes messages for one consumer group. */
export interface Subscriber {
  /** Connects; a wrong setting or a backend that is down shows here already. */
  open(): Promise<void>;
  /** Starts taking messages of a topic; resolves once they arrive. */
  subscribe(subscription: TopicSubscription): Promise<void>;
  /** Stops taking messages of a topic; waits for those under way. */
  unsubscribe(topic: string): Promise<void>;
  /** Stops all topics and gives the connection back. Idempotent. */
  close(): Promise<void>;
}

/** Makes a subscriber over the process's connection, which it opens when it is first used. */
export function createSubscriber(options: SubscriberOptions): Subscriber {
  const session = createLazySession();
  const running = new Map<string, OpenSubscription>();
  return {
    async open() {
      requirePubSub((await session.get()).routing);
    },
    async subscribe(subscription) {
      const started = start(await session.get(), subscription, options);
      running.set(subscription.topic, started);
      await started.ready;
    },
    async unsubscribe(topic) {
      const subscription = running.get(topic);
      running.delete(topic);
      await subscription?.close();
    },
    async close() {
      const closing = [...running.values()].map((subscription) => subscription.close());
      running.clear();
      await Promise.all(closing);
      await session.close();
    },
  };
}

function start(
  { mecha, routing }: AdapterSession,
  subscription: TopicSubscription,
  options: SubscriberOptions,
): OpenSubscription {
  const { topic, routeTopic, filter } = subscription;
  const { group, model } = options;
  const route = resolveMqRoute(routing, { topic: routeTopic, group, model });
  if (filter.type === "sql92" && !route.capabilities.includes("FILTER_SQL92")) throw cannotFilter(route, topic);
  const { component, type, backend } = route;
  const counter = callCounter({ adapter: "mq", component, type, backend });
  const wanted = tagTest(filter);
  return openSubscription(
    mecha.transport,
    targetFor(route, subscription, options),
    async ({ id, data, extensions = {} }) => {
      const properties = fromExtensions(extensions);
      if (!wanted(properties[tagsProperty])) return "success";
      const message: ReceivedMessage = {
        topic,
        body: data,
        properties,
        messageId: id,
        reconsumeTimes: reconsumeTimesFrom(extensions),
      };
      return deliver(message, subscription, options, counter);
    },
    {
      onError: (error) => {
        options.onError(error);
      },
    },
  );
}

async function deliver(
  message: ReceivedMessage,
  { handle }: TopicSubscription,
  options: SubscriberOptions,
  counter: CallCounter,
): Promise<EventOutcome> {
  const { maxReconsumeTimes, model, onError } = options;
  if (message.reconsumeTimes > maxReconsumeTimes) {
    onError(
      new MechaError(
        "FAILED_PRECONDITION",
        `Message ${message.messageId} of topic "${message.topic}" is given up after ${String(message.reconsumeTimes)} redeliveries (maxReconsumeTimes)`,
      ),
    );
    return "drop";
  }
  const start = performance.now();
  try {
    const outcome = await handle(message);
    if (outcome === "done") return "success";
  } catch (error) {
    onError(error instanceof Error ? error : new Error(String(error)));
  } finally {
    counter.record("deliver", (performance.now() - start) * 1000);
  }
  // As with RocketMQ: a broadcast message that fails is not delivered again.
  return model === "broadcasting" ? "success" : "retry";
}

function targetFor(
  { component: pubsubName }: ComponentRoute,
  { topic, filter }: TopicSubscription,
  options: SubscriberOptions,
): SubscriptionTarget {
  const metadata = {
    rawPayload: "true",
    consumerGroup: options.group,
    maxInFlight: String(options.parallelism),
    "rocketmq-sub-type": filter.type,
    "rocketmq-sub-expression": filter.expression,
    ...(options.model === "broadcasting" && { broadcast: "true" }),
  };
  return { pubsubName, topic, metadata };
}

function cannotFilter({ component, type }: ComponentRoute, topic: string): MechaError {
  return new MechaError(
    "CONFIGURATION_INVALID",
    `The consumer of topic "${topic}" filters by SQL92, which the component "${component}" (${type}) cannot do. Filter by tags, or route the topic to a component that can (pubsub.rocketmq).`,
    { component, operation: "mq.subscribe" },
  );
}
