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
import { createDeliveryCounts } from "./delivery-counts.js";
import { tagTest, type FilterExpression } from "./filter-expression.js";
import { tagsProperty, toReceivedMessage, type ReceivedMessage } from "./legacy-message.js";

/** How a consumer group takes messages. */
export interface SubscriberOptions {
  readonly group: string;
  /** `broadcasting`: every consumer gets every message, and a failed one is not delivered again. */
  readonly model: "clustering" | "broadcasting";
  /** Messages handled at once per topic. */
  readonly parallelism: number;
  /** Deliveries after the first before a message is given up. */
  readonly maxReconsumeTimes: number;
  /** Metadata for the component, besides what the other options say. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Hears of every failure that no promise tells: handlers that threw, a subscription that broke or ended for good. */
  readonly onError: (error: Error) => void;
  /** Hears of a message that is given up after its last delivery. */
  readonly onGiveUp: (message: ReceivedMessage) => void;
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
  /**
   * Starts taking messages of a topic; resolves once they arrive, or the subscriber is closed.
   *
   * @throws MechaError `CONFIGURATION_INVALID` if no component or rule is for the topic, or the component cannot filter so;
   * `ALREADY_EXISTS` for a topic that is subscribed to; or what the runtime throws.
   */
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
  let closing: Promise<void> | undefined;

  const shutDown = async (): Promise<void> => {
    await Promise.all([...running.values()].map((subscription) => subscription.close()));
    running.clear();
    await session.close();
  };

  return {
    async open() {
      requirePubSub((await session.get()).routing);
    },
    async subscribe(subscription) {
      const { topic } = subscription;
      const opened = await session.get();
      // Nothing is opened that close() does not see.
      if (closing !== undefined) throw closed(topic, options.group);
      if (running.has(topic)) throw alreadySubscribed(topic, options.group);
      const started = start(opened, subscription, options);
      running.set(topic, started);
      try {
        await started.ready;
      } catch (error) {
        if (running.get(topic) === started) running.delete(topic);
        throw error;
      }
    },
    async unsubscribe(topic) {
      const subscription = running.get(topic);
      running.delete(topic);
      await subscription?.close();
    },
    close() {
      closing ??= shutDown();
      return closing;
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
  if (filter.type === "sql92" && !filtersSql(route)) throw cannotFilter(route, topic);
  const { component, type, backend } = route;
  const counter = callCounter({ adapter: "mq", component, type, backend });
  const wanted = tagTest(filter);
  const counts = createDeliveryCounts();
  let isReady = false;
  const opened = openSubscription(
    mecha.transport,
    targetFor(route, subscription, options),
    async (event) => {
      const message = counts.correct(toReceivedMessage(event));
      if (!wanted(message.properties[tagsProperty])) return "success";
      const outcome = await deliver(message, subscription, options, counter);
      counts.note(message, outcome);
      return outcome;
    },
    {
      onError: (error, fatal) => {
        // What ends a subscription before it began is told by `ready`.
        if (!fatal || isReady) options.onError(error);
      },
    },
  );
  opened.ready.then(
    () => (isReady = true),
    () => undefined,
  );
  return opened;
}

async function deliver(
  message: ReceivedMessage,
  { handle }: TopicSubscription,
  options: SubscriberOptions,
  counter: CallCounter | undefined,
): Promise<EventOutcome> {
  const { maxReconsumeTimes, model, onError, onGiveUp } = options;
  if (message.reconsumeTimes > maxReconsumeTimes) {
    onGiveUp(message);
    return "drop";
  }
  const start = performance.now();
  try {
    const outcome = await handle(message);
    if (outcome === "done") return "success";
  } catch (error) {
    onError(error instanceof Error ? error : new Error(String(error)));
  } finally {
    counter?.record("deliver", (performance.now() - start) * 1000);
  }
  // As with RocketMQ: a broadcast message that fails is not delivered again.
  return model === "broadcasting" ? "success" : "retry";
}

/**
 * Whether a component makes a CloudEvent of each message, with its properties as attributes, however it is asked: daprd's
 * pubsub.rocketmq. Taken raw, its body would be that event. Ours is told by what it can filter.
 */
function makesEvents({ type, capabilities }: ComponentRoute): boolean {
  return type === "pubsub.rocketmq" && !capabilities.includes("FILTER_TAG");
}

/** daprd's pubsub.rocketmq hands the expression to the broker, and says nothing of it. */
function filtersSql(route: ComponentRoute): boolean {
  return route.capabilities.includes("FILTER_SQL92") || makesEvents(route);
}

function targetFor(
  route: ComponentRoute,
  { topic, filter }: TopicSubscription,
  options: SubscriberOptions,
): SubscriptionTarget {
  const metadata = {
    ...options.metadata,
    ...(!makesEvents(route) && { rawPayload: "true" }),
    consumerGroup: options.group,
    maxInFlight: String(options.parallelism),
    maxReconsumeTimes: String(options.maxReconsumeTimes),
    "rocketmq-sub-type": filter.type,
    "rocketmq-sub-expression": filter.expression,
    ...(options.model === "broadcasting" && { broadcast: "true" }),
  };
  return { pubsubName: route.component, topic, metadata };
}

function closed(topic: string, group: string): MechaError {
  return new MechaError(
    "FAILED_PRECONDITION",
    `The subscriber of group "${group}" is closed; it cannot take topic "${topic}"`,
    {
      operation: "mq.subscribe",
    },
  );
}

function alreadySubscribed(topic: string, group: string): MechaError {
  return new MechaError("ALREADY_EXISTS", `Group "${group}" of this subscriber takes topic "${topic}" already`, {
    operation: "mq.subscribe",
  });
}

function cannotFilter({ component, type }: ComponentRoute, topic: string): MechaError {
  return new MechaError(
    "CONFIGURATION_INVALID",
    `The consumer of topic "${topic}" filters by SQL92, which the component "${component}" (${type}) cannot do. Filter by tags, or route the topic to a component that can (pubsub.rocketmq).`,
    { component, operation: "mq.subscribe" },
  );
}
