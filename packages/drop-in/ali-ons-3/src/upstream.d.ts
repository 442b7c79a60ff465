/**
 * The parts of ali-ons 3.12.0 that the drop-in reuses; the library has no types of its own. Declared by file, since the
 * RocketMQ component declares what it needs of the package under the package's name.
 */
declare module "ali-ons-upstream/lib/index.js" {
  /** A message; its getters read and write RocketMQ's properties. */
  class Message {
    constructor(topic: string, tags: string | null, body?: string | Buffer);
    topic: string;
    body: Buffer | string | undefined;
    tags: string | null | undefined;
    /** Written as a list, read as text. */
    keys: string | readonly string[] | undefined;
    shardingKey: string | undefined;
    delayTimeLevel: number;
    msgId: string | null;
    reconsumeTimes: number;
    queueId: number | null;
    queueOffset: number | null;
    bornTimestamp: number | null;
    bornHost: string | null;
    storeTimestamp: number | null;
    storeHost: string | null;
    properties: Record<string, unknown>;
    /** Has the message delivered at a time, in milliseconds since 1970, and not before. */
    setStartDeliverTime(atMs: number): void;
  }
  const Consumer: { readonly ACTION_RETRY: symbol };
}

declare module "ali-ons-upstream/lib/client_config.js" {
  import { EventEmitter } from "node:events";

  /** What producers and consumers share: options, readiness (sdk-base), namespace. */
  class ClientConfig extends EventEmitter {
    constructor(options: object);
    readonly options: Record<string, unknown>;
    readonly namespace: string;
    /** Resolves when the client is connected; rejects if that failed. */
    ready(): Promise<void>;
    /** Tells how connecting went. */
    ready(state: true | Error): void;
    /** Names this client after its process. */
    changeInstanceNameToPID(): void;
    /** The topic with the namespace before it, if there is one. */
    formatTopic(topic: string): string;
  }
  export = ClientConfig;
}

declare module "ali-ons-upstream/lib/message_queue.js" {
  class MessageQueue {
    constructor(topic: string, brokerName: string, queueId: number);
    readonly topic: string;
    readonly brokerName: string;
    readonly queueId: number;
    readonly key: string;
  }
  export = MessageQueue;
}

declare module "ali-ons-upstream/lib/logger.js" {
  const logger: object;
  export = logger;
}
