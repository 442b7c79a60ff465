import { randomBytes } from "node:crypto";
import { createPublisher, holdProcess, type ProcessHold, type Publisher } from "@mecha/adapter-mq";
import type { Message } from "ali-ons-upstream";
import ClientConfig from "ali-ons-upstream/lib/client_config";
import { toClientException } from "./client-exception.js";

/** What the original's `send` resolves with. */
export interface SendResult {
  readonly sendStatus: "SEND_OK";
  /** Made here: the Dapr API does not return the broker's id. */
  readonly msgId: string;
  readonly messageQueue: { readonly topic: string; readonly brokerName: string; readonly queueId: number };
  readonly queueOffset: number;
}

const defaultOptions = { producerGroup: "DEFAULT_PRODUCER", sendMsgTimeout: 3000, retryTimesWhenSendFailed: 3 };

/** ali-ons's Producer over the Mecha runtime: name servers and credentials of its options are not used. */
export class Producer extends ClientConfig {
  readonly #publisher: Publisher;
  #hold: ProcessHold | undefined;

  constructor(options: object = {}) {
    super({ initMethod: "init", ...defaultOptions, ...options });
    this.changeInstanceNameToPID();
    this.#publisher = createPublisher(this.producerGroup);
  }

  get producerGroup(): string {
    const group = String(this.options["producerGroup"]);
    return this.namespace ? `${this.namespace}%${group}` : group;
  }

  /** Called once by sdk-base; `ready()` tells how it went. */
  async init(): Promise<void> {
    this.#hold = holdProcess();
    try {
      await this.#publisher.open();
    } catch (error) {
      this.#hold.release();
      throw toClientException(error);
    }
  }

  /** Sends a message; resolves once the broker holds it. */
  async send(message: Message): Promise<SendResult> {
    await this.ready();
    const routeTopic = message.topic;
    message.topic = this.formatTopic(message.topic);
    const body = typeof message.body === "string" ? Buffer.from(message.body) : (message.body ?? Buffer.alloc(0));
    try {
      await this.#publisher.send({ topic: message.topic, body, properties: stringProperties(message) }, routeTopic);
    } catch (error) {
      throw toClientException(error);
    }
    return {
      sendStatus: "SEND_OK",
      msgId: randomBytes(16).toString("hex").toUpperCase(),
      messageQueue: { topic: message.topic, brokerName: "mecha", queueId: 0 },
      queueOffset: 0,
    };
  }

  async close(): Promise<void> {
    await this.#publisher.close();
    this.#hold?.release();
    this.removeAllListeners();
  }
}

/** The original writes properties as text and leaves out those without a value. */
function stringProperties({ properties }: Message): Record<string, string> {
  const present = Object.entries(properties).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(present.map(([name, value]) => [name, String(value)]));
}
