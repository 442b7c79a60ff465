/** The parts of ali-ons 3.12.0 that the drop-in reuses; the library has no types of its own. */
declare module "ali-ons-upstream" {
  /** A message; its getters read and write RocketMQ's properties. */
  class Message {
    constructor(topic: string, tags: string | null, body: string | Buffer);
    topic: string;
    body: Buffer | string | undefined;
    msgId: string | null;
    reconsumeTimes: number;
    properties: Record<string, unknown>;
  }
  const Consumer: { readonly ACTION_RETRY: symbol };
}

declare module "ali-ons-upstream/lib/client_config" {
  import { EventEmitter } from "node:events";

  /** What producers and consumers share: options, readiness (sdk-base), namespace. */
  class ClientConfig extends EventEmitter {
    constructor(options: object);
    readonly options: Record<string, unknown>;
    readonly namespace: string;
    ready(): Promise<void>;
    ready(state: true | Error): void;
    changeInstanceNameToPID(): void;
    formatTopic(topic: string): string;
  }
  export = ClientConfig;
}

declare module "ali-ons-upstream/lib/logger" {
  const logger: object;
  export = logger;
}
