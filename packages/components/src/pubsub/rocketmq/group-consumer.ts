import { setTimeout as delay } from "node:timers/promises";
import type { ComponentLogger } from "@mecha/spec";
import { Consumer, type Message, type MessageQueue, type OffsetStore, type ProcessQueue } from "./ali-ons.js";
import { BrokerOffsets } from "./broker-offsets.js";
import { type ClientControl, clientOptions, controlClient } from "./client-control.js";
import { responseCode, responseCodeOf } from "./rocketmq-errors.js";
import type { RocketmqSettings } from "./settings.js";
import { type TopicExpression, type TopicMember, TopicMembers } from "./topic-members.js";

const retryTopicPrefix = "%RETRY%";

/** The topic whose route a broker gives for topics that are yet to be made; from it the consumer learns the brokers. */
const defaultTopic = "TBW102";

/** Pause before a message that could not be sent back is handled again here, in milliseconds; as in ali-ons. */
const localRetryMs = 5_000;

/** How often a route that is missing is asked for, in milliseconds; ali-ons asks every 30 s. */
const routeWatch = { firstMs: 300, longestMs: 3_000, growth: 1.2 };

/** How long a broker may take to take a message back, in milliseconds; as in ali-ons. */
const sendBackTimeoutMs = 3_000;

/** How a group consumes. */
export interface GroupConsumerOptions {
  readonly settings: RocketmqSettings;
  readonly consumerGroup: string;
  readonly broadcast: boolean;
  readonly maxReconsumeTimes: number;
  readonly logger: ComponentLogger;
  /** Told of everything that goes wrong, and repeatedly while it does. */
  readonly onError: (error: unknown) => void;
  /** Told when a pull succeeds. */
  readonly onPulled: () => void;
}

/**
 * ali-ons's consumer with a handling of its own.
 *
 * Pulling and rebalancing are ali-ons's. Handled here: messages of a queue are handled in parallel, and an offset never moves
 * past one that is not done; messages of one sharding key are handled in turn; a redelivery that finds no handler is sent
 * back, not acknowledged; a group's first offsets are committed at once, so that the next consumer does not skip what
 * this one has begun; routes and redeliveries are found within a second or so; closing waits for handlers and stops every timer.
 */
export class GroupConsumer extends Consumer {
  readonly #settings: GroupConsumerOptions;
  readonly #control: ClientControl;
  readonly #members = new Map<string, TopicMembers>();
  readonly #started = new Set<Message>();
  readonly #keys = new Set<string>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #drain = new AbortController();
  /** Topics that did not exist when they were subscribed to: all their messages are newer than the subscription. */
  readonly #young = new Set<string>();
  #rotation = 0;
  #willDispatch = false;
  #rebalancing = Promise.resolve();
  #watching = false;

  constructor(options: GroupConsumerOptions) {
    const { settings, consumerGroup, broadcast, maxReconsumeTimes } = options;
    super({
      ...clientOptions(settings, options.logger),
      consumerGroup,
      isBroadcast: broadcast,
      maxReconsumeTimes,
      consumeFromWhere: settings.consumeFromWhere,
      ...(settings.consumeTimestamp === undefined ? {} : { consumeTimestamp: settings.consumeTimestamp }),
      pullBatchSize: settings.pullBatchSize,
      pullThresholdForQueue: settings.pullThresholdForQueue,
      pullTimeDelayMillsWhenFlowControl: 50,
    });
    this.#settings = options;
    this.setMaxListeners(0);
    this.on("error", (error: unknown) => this.#report(error));
    this.#control = controlClient(this._mqClient, () => undefined);
  }

  /** The members of a topic, if it is subscribed to. */
  membersOf(topic: string): TopicMembers | undefined {
    return this.#members.get(this.formatTopic(topic));
  }

  /** Whether no topic is subscribed to. */
  get isIdle(): boolean {
    return this.#members.size === 0;
  }

  /** Subscribes to a topic with its first member; resolves when its queues are assigned, or it is known not to exist yet. */
  async addTopic(topic: string, expression: TopicExpression, first: TopicMember): Promise<void> {
    const name = this.formatTopic(topic);
    const members = new TopicMembers(expression);
    members.add(first);
    this.#members.set(name, members);
    this.#listenTo(name, expression);
    const retryTopic = `${retryTopicPrefix}${this.consumerGroup}`;
    if (!this.options.isBroadcast && !this._subscriptions.has(retryTopic)) this.#listenTo(retryTopic, "*");
    await this.ready();
    await this.#findRoutes();
    if (!this._topicSubscribeInfoTable.has(name)) this.#young.add(name);
  }

  /** Ends the subscription to a topic, once its handlers have ended. */
  async removeTopic(topic: string): Promise<void> {
    const name = this.formatTopic(topic);
    this.#members.delete(name);
    this._subscriptions.delete(name);
    this._topicSubscribeInfoTable.delete(name);
    this.removeAllListeners(`topic_${name}_changed`);
    for (const { messageQueue, processQueue } of [...this._processQueueTable.values()]) {
      if (messageQueue.topic !== name) continue;
      processQueue.droped = true;
      await this.removeProcessQueue(messageQueue);
    }
    await this._mqClient.sendHeartbeatToAllBroker().catch((error: unknown) => this.#report(error));
  }

  /** Hands out what is there, as far as there is room. */
  dispatch(): void {
    if (this.#drain.signal.aborted) return;
    const queues = [...this._processQueueTable.values()].filter(({ processQueue }) => processQueue.msgList.length > 0);
    const offset = queues.length === 0 ? 0 : this.#rotation++ % queues.length;
    for (const { messageQueue, processQueue } of [...queues.slice(offset), ...queues.slice(0, offset)]) {
      this.#dispatchQueue(messageQueue, processQueue);
    }
  }

  /** Dispatches once for all messages that end in one turn of the event loop. */
  #dispatchSoon(): void {
    if (this.#willDispatch) return;
    this.#willDispatch = true;
    setImmediate(() => {
      this.#willDispatch = false;
      this.dispatch();
    });
  }

  override async doRebalance(): Promise<void> {
    // One at a time: it comes from timers, from the broker's notices and from subscriptions.
    this.#rebalancing = this.#rebalancing
      .then(async () => {
        if (!this._isClosed) await super.doRebalance();
      })
      .catch((error: unknown) => this.#report(error));
    await this.#rebalancing;
  }

  override async close(): Promise<void> {
    this.#drain.abort();
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
    this._isClosed = true;
    this.#stop.abort();
    await this.persistConsumerOffset().catch((error: unknown) => this.#report(error));
    this._subscriptions.clear();
    this._processQueueTable.clear();
    // A broker that is down cannot be told; it notices that the connection is gone.
    await this._mqClient.unregisterConsumer(this.consumerGroup).catch(() => undefined);
    this.#control.stop();
    await this._mqClient.close();
  }

  protected override async init(): Promise<void> {
    this._mqClient.registerConsumer(this.consumerGroup, this);
    await this._mqClient.ready();
    await this._offsetStore.load();
  }

  /** Called by the constructor above: no field of this class is there yet. */
  protected override newOffsetStoreInstance(): OffsetStore {
    return this.options.isBroadcast
      ? super.newOffsetStoreInstance()
      : new BrokerOffsets(this._mqClient, this.consumerGroup);
  }

  protected override async computePullFromWhere(queue: MessageQueue): Promise<number> {
    if (this.options.isBroadcast && this.#young.has(queue.topic)) return 0;
    const offset = await super.computePullFromWhere(queue);
    if (offset >= 0) {
      this._offsetStore.updateOffset(queue, offset, true);
      await this._offsetStore.persist(queue);
    }
    return offset;
  }

  protected override async pullKernelImpl(queue: MessageQueue, ...rest: unknown[]): Promise<unknown> {
    const result = await super.pullKernelImpl(queue, ...rest);
    this.#settings.onPulled();
    return result;
  }

  protected override async _sleep(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  #listenTo(topic: string, expression: TopicExpression): void {
    const subscriptionData = this.buildSubscriptionData(this.consumerGroup, topic, expression);
    this._subscriptions.set(topic, { subscriptionData });
    this.on(`topic_${topic}_changed`, () => this.dispatch());
  }

  async #findRoutes(): Promise<void> {
    for (const topic of [defaultTopic, ...this._subscriptions.keys()]) {
      if (this._topicSubscribeInfoTable.has(topic)) continue;
      await this._mqClient.updateTopicRouteInfoFromNameServer(topic).catch((error: unknown) => this.#report(error));
    }
    await this._mqClient.sendHeartbeatToAllBroker().catch((error: unknown) => this.#report(error));
    await this.doRebalance();
    if (this.#missingRoutes()) void this.#watchRoutes();
  }

  #missingRoutes(): boolean {
    return [...this._subscriptions.keys()].some((topic) => !this._topicSubscribeInfoTable.has(topic));
  }

  async #watchRoutes(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    let pauseMs = routeWatch.firstMs;
    for (;;) {
      await this._sleep(pauseMs);
      if (this._isClosed || !this.#missingRoutes()) break;
      pauseMs = Math.min(pauseMs * routeWatch.growth, routeWatch.longestMs);
      await this.#findRoutes();
    }
    this.#watching = false;
  }

  #dispatchQueue(queue: MessageQueue, processQueue: ProcessQueue): void {
    for (const message of [...processQueue.msgList]) {
      if (this.#started.has(message)) continue;
      const topic = originalTopic(message);
      const members = this.#members.get(topic);
      const member = members?.pick();
      if (members !== undefined && member === undefined) {
        // No room for this topic. A queue of redeliveries may hold messages of others.
        if (isRetryTopic(queue.topic)) continue;
        return;
      }
      const shardingKey = shardingKeyOf(message);
      const key = shardingKey === undefined ? undefined : `${topic}\0${shardingKey}`;
      if (key !== undefined && this.#keys.has(key)) continue;
      if (key !== undefined) this.#keys.add(key);
      this.#started.add(message);
      message.topic = topic;
      const unwanted = members?.wants(message) === false;
      const work = unwanted ? Promise.resolve(true) : this.#process(message, queue, member);
      const task = work.then((done) => {
        if (done) this.#finish(message, queue, processQueue);
        this.#started.delete(message);
        if (key !== undefined) this.#keys.delete(key);
        this.#tasks.delete(task);
        this.#dispatchSoon();
      });
      this.#tasks.add(task);
      member?.track(task);
    }
  }

  /** Handles a message; false if it must stay for others. */
  async #process(message: Message, { brokerName }: MessageQueue, member: TopicMember | undefined): Promise<boolean> {
    const { broadcast, maxReconsumeTimes, logger } = this.#settings;
    for (;;) {
      if (message.reconsumeTimes > maxReconsumeTimes) {
        logger.warn(
          `message ${message.msgId} of topic "${message.topic}" failed ${message.reconsumeTimes} times and was dropped`,
        );
        return true;
      }
      const outcome = (await member?.handle(message, brokerName)) ?? "retry";
      if (outcome !== "retry") return true;
      if (!broadcast && (await this.#sendBack(message, brokerName))) return true;
      const signal = member === undefined ? this.#drain.signal : AbortSignal.any([this.#drain.signal, member.leaving]);
      const pauseMs = broadcast ? Math.min(1_000 * 2 ** message.reconsumeTimes, 30_000) : localRetryMs;
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return false;
      message.reconsumeTimes++;
    }
  }

  /** Has the broker deliver a message again later; false if it could not be told. */
  async #sendBack(message: Message, brokerName: string): Promise<boolean> {
    try {
      const broker = this._mqClient.findBrokerAddressInAdmin(brokerName);
      if (broker === null) throw new Error(`the broker ${brokerName} is not known`);
      const { maxReconsumeTimes } = this.#settings;
      // Level 0 leaves the delay to the broker: 10 s for the first time, then longer.
      const options = [0, sendBackTimeoutMs, maxReconsumeTimes] as const;
      await this._mqClient.consumerSendMessageBack(broker.brokerAddr, message, this.consumerGroup, ...options);
      return true;
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  /** Takes a message off its queue and moves the offset up to the first that is not done. */
  #finish(message: Message, queue: MessageQueue, processQueue: ProcessQueue): void {
    const { msgList } = processQueue;
    const index = msgList.indexOf(message);
    if (index >= 0) msgList.splice(index, 1);
    // Another consumer has the queue now, and its offset.
    if (this._processQueueTable.get(queue.key)?.processQueue !== processQueue) return;
    this._offsetStore.updateOffset(queue, msgList[0]?.queueOffset ?? processQueue.queueOffsetMax + 1, true);
  }

  #report(error: unknown): void {
    // A topic that is yet to be made is no failure: its route is asked for until it is there.
    if (responseCodeOf(error) !== responseCode.topicNotExist && !this._isClosed) this.#settings.onError(error);
  }
}

function isRetryTopic(topic: string): boolean {
  return topic.startsWith(retryTopicPrefix);
}

/** The topic that a message was published to. */
function originalTopic({ topic, properties }: Message): string {
  return isRetryTopic(topic) ? (properties["RETRY_TOPIC"] ?? topic) : topic;
}

/** ali-ons writes the first name, the Go and Java clients the second. */
function shardingKeyOf({ properties }: Message): string | undefined {
  const key = properties["__SHARDING_KEY"] ?? properties["SHARDING_KEY"];
  return key === null || key === "" ? undefined : key;
}
