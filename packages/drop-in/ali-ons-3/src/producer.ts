import { randomUUID } from "node:crypto";
import { createPublisher, holdProcess, type ProcessHold, type Publisher } from "@mecha/adapter-mq";
import type { Message } from "ali-ons-upstream/lib/index.js";
import ClientConfig from "ali-ons-upstream/lib/client_config.js";
import logger from "ali-ons-upstream/lib/logger.js";
import MessageQueue from "ali-ons-upstream/lib/message_queue.js";
import { toClientException } from "./client-exception.js";
import { assertRemotingOptions, inNamespace, withoutNamespace, type ClientOptions } from "./options.js";

/** The original's options; name servers, addresses and credentials are not used. */
export interface ProducerOptions extends ClientOptions {
  readonly producerGroup?: string;
  /** Milliseconds for one attempt. @defaultValue 3000 */
  readonly sendMsgTimeout?: number;
}

/** What the original's `send` resolves with. */
export interface SendResult {
  readonly sendStatus: "SEND_OK";
  /** Made here: the Dapr API does not return the broker's id. */
  readonly msgId: string;
  /** Topic as it was sent; the Dapr API does not say which broker and queue took the message. */
  readonly messageQueue: MessageQueue;
  readonly queueOffset: number;
}

const defaultOptions = {
  producerGroup: "DEFAULT_PRODUCER",
  sendMsgTimeout: 3_000,
  retryTimesWhenSendFailed: 3,
  logger,
};

/** ali-ons's Producer over the Mecha runtime: name servers and credentials of its options are not used. */
export class Producer extends ClientConfig {
  readonly #publisher: Publisher;
  #hold: ProcessHold | undefined;
  #isClosed = false;

  constructor(options: ProducerOptions = {}) {
    assertRemotingOptions(options);
    super({ initMethod: "init", ...defaultOptions, ...options });
    this.changeInstanceNameToPID();
    this.#publisher = createPublisher(this.producerGroup);
  }

  get logger(): unknown {
    return this.options["logger"];
  }

  get producerGroup(): string {
    return inNamespace(this.namespace, String(this.options["producerGroup"]));
  }

  /** Called once by sdk-base, a tick after the constructor; `ready()` tells how it went. */
  async init(): Promise<void> {
    if (this.#hasClosed()) return;
    // As long as the original has its connections.
    this.#hold = holdProcess();
    try {
      await this.#publisher.open();
    } catch (error) {
      this.#hold.release();
      // What close() cut short has not failed.
      if (!this.#hasClosed()) throw toClientException(error);
    }
  }

  /** Sends a message; resolves once the broker holds it. Like the original it puts the namespace before the message's topic. */
  async send(message: Message): Promise<SendResult> {
    await this.ready();
    const routeTopic = withoutNamespace(this.namespace, message.topic);
    message.topic = this.formatTopic(message.topic);
    const { topic } = message;
    // A body that was set as text later on is sent as its UTF-8 bytes.
    const body = typeof message.body === "string" ? Buffer.from(message.body) : (message.body ?? Buffer.alloc(0));
    try {
      await this.#publisher.send(
        { topic, body, properties: textProperties(message) },
        { routeTopic, timeoutMs: this.#timeoutMs },
      );
    } catch (error) {
      throw toClientException(error);
    }
    // Node draws the random bytes of many at once.
    const msgId = randomUUID().replaceAll("-", "").toUpperCase();
    return { sendStatus: "SEND_OK", msgId, messageQueue: new MessageQueue(topic, "mecha", 0), queueOffset: 0 };
  }

  /** Gives the connection back and lets the process end; sends after it are refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#publisher.close();
    this.#hold?.release();
    this.removeAllListeners();
  }

  /** Asked before and after a wait, between which the answer changes. */
  #hasClosed(): boolean {
    return this.#isClosed;
  }

  /** The original begins no attempt later than a second after the first's time is over; so much and one attempt more. */
  get #timeoutMs(): number {
    const attempt = Number(this.options["sendMsgTimeout"]);
    return attempt + 1_000 + attempt;
  }
}

/** The original writes every property as text, those without a value too: a message without tags has the tag "null". */
function textProperties({ properties }: Message): Readonly<Record<string, string>> {
  if (Object.values(properties).every((value) => typeof value === "string"))
    return properties as Record<string, string>;
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, String(value)]));
}
