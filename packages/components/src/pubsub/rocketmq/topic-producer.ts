import type { ComponentLogger } from "@mecha/spec";
import { Message, Producer } from "./ali-ons.js";
import { chooseQueue } from "./choose-queue.js";
import { type ClientControl, clientOptions, controlClient } from "./client-control.js";
import { responseCode, responseCodeOf } from "./rocketmq-errors.js";
import type { RocketmqSettings } from "./settings.js";

/** Answers after which another attempt could only fail again. */
const finalAnswers: readonly (number | undefined)[] = [responseCode.messageIllegal, responseCode.noPermission];

/** A message to send. */
export interface TopicMessage {
  readonly body: Buffer;
  readonly properties: Readonly<Record<string, string>>;
  readonly shardingKey: string | undefined;
}

/**
 * ali-ons's producer with a sending of its own.
 *
 * ali-ons gives up after one attempt where there is one broker, compresses a body once more with each attempt, keeps the cause
 * to itself, does not send to topics that are yet to be made, and starts a second, nameless client that it never closes.
 */
export class TopicProducer extends Producer {
  readonly #control: ClientControl;
  readonly #retries: number;

  constructor(settings: RocketmqSettings, logger: ComponentLogger, onError: (error: unknown) => void) {
    super({
      ...clientOptions(settings, logger),
      producerGroup: settings.producerGroup,
      sendMsgTimeout: settings.sendTimeoutMs,
    });
    this.#retries = settings.retries;
    this.on("error", onError);
    this.#control = controlClient(this._mqClient, () => undefined);
  }

  /** Sends until the broker holds the message. Rejects with what the last attempt met. */
  async deliver(topic: string, message: TopicMessage): Promise<void> {
    await this.ready();
    const name = this.formatTopic(topic);
    let failedBroker: string | undefined;
    for (let attempt = 0; ; attempt++) {
      try {
        const queue = chooseQueue(await this.#routeTo(name), message.shardingKey, failedBroker);
        if (queue === undefined) throw new Error(`topic ${name} has no queue that takes messages`);
        failedBroker = queue.brokerName;
        // A message of its own for each attempt: sending may replace the body by a compressed one.
        const outgoing = new Message(name, message.body);
        outgoing.properties = { ...message.properties };
        await this.sendKernelImpl(outgoing, queue);
        return;
      } catch (error) {
        if (attempt >= this.#retries || finalAnswers.includes(responseCodeOf(error))) throw error;
      }
    }
  }

  override async close(): Promise<void> {
    // A broker that is down cannot be told; it forgets clients that are silent.
    await this._mqClient.unregisterProducer(this.producerGroup).catch(() => undefined);
    this.#control.stop();
    await this._mqClient.close();
  }

  protected override async init(): Promise<void> {
    this._mqClient.registerProducer(this.producerGroup, this);
    await this._mqClient.ready();
  }

  /** A topic that does not exist gets the route of the broker's default topic, so that the first message makes it. */
  async #routeTo(topic: string) {
    try {
      return await this.tryToFindTopicPublishInfo(topic);
    } catch (error) {
      if (responseCodeOf(error) !== responseCode.topicNotExist) throw error;
      await this._mqClient.updateTopicRouteInfoFromNameServer(topic, true, this).catch(() => {
        throw error;
      });
      const info = this._topicPublishInfoTable.get(topic);
      if (info === undefined) throw error;
      return info;
    }
  }
}
