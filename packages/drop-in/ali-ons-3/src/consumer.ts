import assert from "node:assert";
import { types } from "node:util";
import { allMessages, createSubscriber, holdProcess, type FilterExpression, type ProcessHold, type ReceivedMessage, type Subscriber } from "@mecha/adapter-mq";
import { Message, Consumer as Original } from "ali-ons-upstream";
import ClientConfig from "ali-ons-upstream/lib/client_config";
import { toClientException } from "./client-exception.js";

/** The original's forms of a filter: nothing, a tag expression, or an object with `expressionType: "SQL92"`. */
type SubscriptionExpression = string | { readonly expressionType?: string; readonly subString: string } | null | undefined;

/** Handles a message; resolving acknowledges it, unless with `Consumer.ACTION_RETRY`. */
type Handler = (message: Message, queue: MessageQueue) => Promise<unknown>;

interface MessageQueue {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
}

interface Subscribed {
  readonly handler: Handler;
  readonly subscriptionData: { readonly topic: string; readonly subString: string };
}

const defaultOptions = { isBroadcast: false, parallelConsumeLimit: 1, maxReconsumeTimes: 16, pullBatchSize: 32 };

/** ali-ons's Consumer over the Mecha runtime: name servers and credentials of its options are not used. */
export class Consumer extends ClientConfig {
  /** What a handler resolves with to have the message again. */
  static readonly ACTION_RETRY: symbol = Original.ACTION_RETRY;

  readonly #subscriber: Subscriber;
  readonly #subscriptions = new Map<string, Subscribed>();
  #hold: ProcessHold | undefined;

  constructor(options: { readonly consumerGroup: string; readonly parallelConsumeLimit?: number; readonly pullBatchSize?: number }) {
    assert(options.consumerGroup, "[MQPushConsumer] options.consumerGroup is required");
    const merged = { initMethod: "init", ...defaultOptions, ...options };
    assert(merged.parallelConsumeLimit <= merged.pullBatchSize, "[MQPushConsumer] options.parallelConsumeLimit must lte pullBatchSize");
    super(merged);
    if (!merged.isBroadcast) this.changeInstanceNameToPID();
    this.#subscriber = createSubscriber({
      group: this.consumerGroup,
      model: merged.isBroadcast ? "broadcasting" : "clustering",
      parallelism: merged.parallelConsumeLimit,
      maxReconsumeTimes: merged.maxReconsumeTimes,
      onError: (error) => {
        this.emit("error", error);
      },
    });
  }

  get consumerGroup(): string {
    const group = String(this.options["consumerGroup"]);
    return this.namespace ? `${this.namespace}%${group}` : group;
  }

  get subscriptions(): ReadonlyMap<string, Subscribed> {
    return this.#subscriptions;
  }

  /** Called once by sdk-base; `ready()` tells how it went. */
  async init(): Promise<void> {
    this.#hold = holdProcess();
    try {
      await this.#subscriber.open();
    } catch (error) {
      this.#hold.release();
      throw toClientException(error);
    }
  }

  /** Subscribes to a topic; one handler a topic, and it must be an async function. */
  subscribe(topic: string, handler: Handler): void;
  subscribe(topic: string, expression: SubscriptionExpression, handler: Handler): void;
  subscribe(routeTopic: string, ...rest: readonly [Handler] | readonly [SubscriptionExpression, Handler]): void {
    const [expression, handler] = rest.length === 1 ? [null, rest[0]] : rest;
    const topic = this.formatTopic(routeTopic);
    assert(types.isAsyncFunction(handler), "[MQPushConsumer] handler should be a asyncFunction");
    assert(!this.#subscriptions.has(topic), `[MQPushConsumer] ONLY one handler allowed for topic=${topic}`);
    const filter = toFilter(expression);
    this.#subscriptions.set(topic, { handler, subscriptionData: { topic, subString: filter.expression } });
    this.#start({ topic, routeTopic, filter, handler }).catch((error: unknown) => this.emit("error", toClientException(error)));
  }

  async close(): Promise<void> {
    this.#subscriptions.clear();
    await this.#subscriber.close();
    this.#hold?.release();
    this.emit("close");
  }

  async #start({ topic, routeTopic, filter, handler }: { topic: string; routeTopic: string; filter: FilterExpression; handler: Handler }): Promise<void> {
    await this.ready();
    const queue = { topic, brokerName: "mecha", queueId: 0 };
    await this.#subscriber.subscribe({
      topic,
      routeTopic,
      filter,
      handle: async (received) => {
        const message = toMessage(received);
        try {
          return (await handler(message, queue)) === Consumer.ACTION_RETRY ? "retry" : "done";
        } catch (thrown) {
          throw describeFailure(thrown, message);
        }
      },
    });
  }
}

function toFilter(expression: SubscriptionExpression): FilterExpression {
  if (expression === null || expression === undefined || expression === "") return allMessages;
  if (typeof expression === "string") return { type: "tag", expression };
  return { type: expression.expressionType === "SQL92" ? "sql92" : "tag", expression: expression.subString };
}

function toMessage({ topic, body, properties, messageId, reconsumeTimes }: ReceivedMessage): Message {
  const message = new Message(topic, null, Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  message.properties = { ...properties };
  message.msgId = messageId;
  message.reconsumeTimes = reconsumeTimes;
  return message;
}

/** The original puts topic and id before a handler's own message, in the same error. */
function describeFailure(thrown: unknown, { topic, msgId }: Message): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  error.message = `process mq message failed, topic: ${topic}, msgId: ${msgId ?? ""}, ${error.message}`;
  return error;
}
