/** What ali-ons 3.12.0, which has no types, offers to subclasses: the parts that Mecha uses. */
declare module "ali-ons-upstream" {
  import type { EventEmitter } from "node:events";

  export interface MessageQueue {
    readonly topic: string;
    readonly brokerName: string;
    readonly queueId: number;
    readonly key: string;
  }

  export class Message {
    constructor(topic: string, body: Buffer);
    topic: string;
    body: Buffer | undefined;
    properties: Record<string, string | null>;
    readonly msgId: string;
    readonly queueId: number;
    readonly queueOffset: number;
    readonly bornHost: string;
    readonly bornTimestamp: number;
    readonly storeHost: string;
    readonly storeTimestamp: number;
    reconsumeTimes: number;
  }

  /** Messages that were pulled from a queue and are not done, by offset. */
  export interface ProcessQueue {
    readonly msgList: Message[];
    readonly queueOffsetMax: number;
    droped: boolean;
  }

  export interface PublishInfo {
    readonly ok: number;
    readonly messageQueueList: readonly MessageQueue[];
    sendWhichQueue: number;
  }

  export interface OffsetRequest {
    readonly topic: string;
    readonly consumerGroup: string;
    readonly queueId: number;
    readonly commitOffset?: number;
  }

  /** The connection to name server and brokers. */
  export interface MQClient extends EventEmitter {
    ready(): Promise<void>;
    close(): Promise<void>;
    registerConsumer(group: string, consumer: Consumer): void;
    unregisterConsumer(group: string): Promise<void>;
    registerProducer(group: string, producer: Producer): void;
    unregisterProducer(group: string): Promise<void>;
    updateTopicRouteInfoFromNameServer(topic: string, isDefault?: boolean, producer?: Producer): Promise<void>;
    sendHeartbeatToAllBroker(): Promise<void>;
    doRebalance(): Promise<void>;
    startScheduledTask(name: string, intervalMs: number): void;
    getAndCreateChannel(address: string | null): unknown;
    findBrokerAddressInAdmin(brokerName: string): { readonly brokerAddr: string } | null;
    queryConsumerOffset(address: string, request: OffsetRequest, timeoutMs: number): Promise<number>;
    consumerSendMessageBack(
      address: string,
      message: Message,
      consumerGroup: string,
      delayLevel: number,
      timeoutMs: number,
      maxReconsumeTimes: number,
    ): Promise<void>;
    updateConsumerOffsetOneway(address: string, request: OffsetRequest): Promise<void>;
  }

  export interface OffsetStore extends EventEmitter {
    load(): Promise<void>;
    updateOffset(queue: MessageQueue, offset: number, increaseOnly?: boolean): void;
    readOffset(queue: MessageQueue, type: string): Promise<number>;
    persistAll(queues: readonly MessageQueue[]): Promise<void>;
    persist(queue: MessageQueue): Promise<void>;
    removeOffset(queue: MessageQueue): void;
  }

  export interface ClientLogger {
    debug(...parts: unknown[]): void;
    info(...parts: unknown[]): void;
    warn(...parts: unknown[]): void;
    error(...parts: unknown[]): void;
  }

  /** Options of both clients. */
  export interface ClientOptions {
    readonly nameSrv: readonly string[];
    readonly httpclient: { request(url: string): Promise<never> };
    readonly instanceName: string;
    readonly namespace: string;
    readonly accessKey?: string;
    readonly secretKey?: string;
    readonly logger: ClientLogger;
  }

  class Client extends EventEmitter {
    protected readonly _mqClient: MQClient;
    ready(): Promise<void>;
    formatTopic(topic: string): string;
    protected init(): Promise<void>;
    close(): Promise<void>;
  }

  export interface ProducerOptions extends ClientOptions {
    readonly producerGroup: string;
    readonly sendMsgTimeout: number;
  }

  export class Producer extends Client {
    constructor(options: ProducerOptions);
    readonly producerGroup: string;
    protected readonly _topicPublishInfoTable: Map<string, PublishInfo>;
    protected tryToFindTopicPublishInfo(topic: string): Promise<PublishInfo>;
    protected sendKernelImpl(message: Message, queue: MessageQueue): Promise<unknown>;
  }

  export interface ConsumerOptions extends ClientOptions {
    readonly consumerGroup: string;
    readonly isBroadcast: boolean;
    readonly consumeFromWhere: string;
    readonly consumeTimestamp?: string;
    readonly maxReconsumeTimes: number;
    readonly pullBatchSize: number;
    readonly pullThresholdForQueue: number;
    readonly pullTimeDelayMillsWhenFlowControl: number;
  }

  export interface TopicSubscription {
    readonly subscriptionData: { readonly tagsSet: readonly string[] };
  }

  export class Consumer extends Client {
    constructor(options: ConsumerOptions);
    readonly consumerGroup: string;
    readonly options: ConsumerOptions;
    protected _isClosed: boolean;
    protected readonly _offsetStore: OffsetStore;
    protected readonly _subscriptions: Map<string, TopicSubscription>;
    protected readonly _topicSubscribeInfoTable: Map<string, unknown>;
    protected readonly _processQueueTable: Map<string, { messageQueue: MessageQueue; processQueue: ProcessQueue }>;
    protected newOffsetStoreInstance(): OffsetStore;
    protected buildSubscriptionData(
      group: string,
      topic: string,
      expression: unknown,
    ): TopicSubscription["subscriptionData"];
    protected computePullFromWhere(queue: MessageQueue): Promise<number>;
    protected pullKernelImpl(queue: MessageQueue, ...rest: unknown[]): Promise<unknown>;
    protected removeProcessQueue(queue: MessageQueue): Promise<void>;
    protected persistConsumerOffset(): Promise<void>;
    protected _sleep(ms: number): Promise<void>;
    doRebalance(): Promise<void>;
  }
}
