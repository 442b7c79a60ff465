import assert from "node:assert";
import { types } from "node:util";
import {
  allMessages,
  createSubscriber,
  holdProcess,
  type FilterExpression,
  type ProcessHold,
  type ReceivedMessage,
  type Subscriber,
} from "@mecha/adapter-mq";
import { Consumer as Original, type Message } from "ali-ons-upstream/lib/index.js";
import ClientConfig from "ali-ons-upstream/lib/client_config.js";
import defaultLogger from "ali-ons-upstream/lib/logger.js";
import type MessageQueue from "ali-ons-upstream/lib/message_queue.js";
import { toClientException, toConsumerError } from "./client-exception.js";
import { toMessage } from "./message.js";
import { assertRemotingOptions, inNamespace, type ClientOptions, type Logger } from "./options.js";

/** The original's options; name servers, addresses and credentials are not used. */
export interface ConsumerOptions extends ClientOptions {
  readonly consumerGroup: string;
  readonly isBroadcast?: boolean;
  /** Messages handled at once per topic. @defaultValue 1 */
  readonly parallelConsumeLimit?: number;
  readonly pullBatchSize?: number;
  /** @defaultValue 16 */
  readonly maxReconsumeTimes?: number;
  /** Where a group begins that is new to a topic. @defaultValue what the component's YAML says */
  readonly consumeFromWhere?: string;
}

/** The original's forms of a filter: nothing, a tag expression, or an object with `expressionType: "SQL92"`. */
export type SubscriptionExpression =
  | string
  | { readonly expressionType?: string; readonly subString: string }
  | null
  | undefined;

/** Handles a message; resolving acknowledges it, unless with `Consumer.ACTION_RETRY`. */
export type MessageHandler = (message: Message, queue: MessageQueue) => Promise<unknown>;

interface Subscribed {
  readonly handler: MessageHandler;
  readonly subscriptionData: { readonly topic: string; readonly subString: string };
}

const defaultOptions = {
  isBroadcast: false,
  parallelConsumeLimit: 1,
  maxReconsumeTimes: 16,
  pullBatchSize: 32,
  consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
  logger: defaultLogger,
};

/** ali-ons's Consumer over the Mecha runtime: name servers and credentials of its options are not used. */
export class Consumer extends ClientConfig {
  /** What a handler resolves with to have the message again. */
  static readonly ACTION_RETRY: symbol = Original.ACTION_RETRY;

  readonly #subscriber: Subscriber;
  readonly #subscriptions = new Map<string, Subscribed>();
  #hold: ProcessHold | undefined;
  #isClosed = false;

  constructor(options: ConsumerOptions) {
    // JavaScript callers may give nothing at all.
    assert(
      (options as ConsumerOptions | undefined)?.consumerGroup,
      "[MQPushConsumer] options.consumerGroup is required",
    );
    const merged = { initMethod: "init", ...defaultOptions, ...options };
    assert(
      merged.parallelConsumeLimit <= merged.pullBatchSize,
      "[MQPushConsumer] options.parallelConsumeLimit must lte pullBatchSize",
    );
    assertRemotingOptions(options);
    super(merged);
    if (!merged.isBroadcast) this.changeInstanceNameToPID();
    this.#subscriber = createSubscriber({
      group: this.consumerGroup,
      model: merged.isBroadcast ? "broadcasting" : "clustering",
      parallelism: merged.parallelConsumeLimit,
      maxReconsumeTimes: merged.maxReconsumeTimes,
      metadata: startOf(options.consumeFromWhere),
      onError: (error) => this.emit("error", toConsumerError(error)),
      onGiveUp: ({ messageId, reconsumeTimes }) => {
        this.logger.warn(
          `[MQPushConsumer] consume message failed, drop it for reconsumeTimes=${String(reconsumeTimes)} and maxReconsumeTimes=${String(merged.maxReconsumeTimes)}, msgId: ${messageId}`,
        );
      },
    });
  }

  get logger(): Logger {
    // The constructor puts the original's default there, if nothing is given.
    return this.options["logger"] as Logger;
  }

  get consumerGroup(): string {
    return inNamespace(this.namespace, String(this.options["consumerGroup"]));
  }

  get subscriptions(): ReadonlyMap<string, Subscribed> {
    return this.#subscriptions;
  }

  get parallelConsumeLimit(): number {
    return Number(this.options["parallelConsumeLimit"]);
  }

  get messageModel(): "BROADCASTING" | "CLUSTERING" {
    return this.options["isBroadcast"] === true ? "BROADCASTING" : "CLUSTERING";
  }

  get consumeFromWhere(): unknown {
    return this.options["consumeFromWhere"];
  }

  /** Called once by sdk-base, a tick after the constructor; `ready()` tells how it went. */
  async init(): Promise<void> {
    if (this.#hasClosed()) return;
    // As long as the original has its connections.
    this.#hold = holdProcess();
    try {
      await this.#subscriber.open();
    } catch (error) {
      this.#hold.release();
      // What close() cut short has not failed.
      if (!this.#hasClosed()) throw toClientException(error);
    }
  }

  /** Subscribes to a topic; one handler a topic, and it must be an async function. */
  subscribe(topic: string, handler: MessageHandler): void;
  subscribe(topic: string, expression: SubscriptionExpression, handler: MessageHandler): void;
  subscribe(
    routeTopic: string,
    ...rest: readonly [MessageHandler] | readonly [SubscriptionExpression, MessageHandler]
  ): void {
    const [expression, handler] = rest.length === 1 ? [null, rest[0]] : rest;
    const topic = this.formatTopic(routeTopic);
    assert(types.isAsyncFunction(handler), "[MQPushConsumer] handler should be a asyncFunction");
    assert(!this.#subscriptions.has(topic), `[MQPushConsumer] ONLY one handler allowed for topic=${topic}`);
    const filter = toFilter(expression);
    this.#subscriptions.set(topic, { handler, subscriptionData: { topic, subString: filter.expression } });
    this.#start({ topic, routeTopic, filter, handler }).catch((error: unknown) => {
      // A subscription that close() overtook is no error.
      if (!this.#isClosed) this.emit("error", toConsumerError(error as Error));
    });
  }

  /** Takes no new messages, waits for those under way, and lets the process end. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#subscriptions.clear();
    await this.#subscriber.close();
    this.#hold?.release();
    this.emit("close");
  }

  /** Asked before and after a wait, between which the answer changes. */
  #hasClosed(): boolean {
    return this.#isClosed;
  }

  async #start({ topic, routeTopic, filter, handler }: Subscription): Promise<void> {
    await this.ready();
    const handle = async (received: ReceivedMessage): Promise<"done" | "retry"> => {
      const { message, queue } = toMessage(received);
      try {
        return (await handler(message, queue)) === Consumer.ACTION_RETRY ? "retry" : "done";
      } catch (thrown) {
        throw describeFailure(thrown, message);
      }
    };
    await this.#subscriber.subscribe({ topic, routeTopic, filter, handle });
  }
}

interface Subscription {
  readonly topic: string;
  readonly routeTopic: string;
  readonly filter: FilterExpression;
  readonly handler: MessageHandler;
}

function toFilter(expression: SubscriptionExpression): FilterExpression {
  if (expression === null || expression === undefined || expression === "") return allMessages;
  if (typeof expression === "string") return { type: "tag", expression };
  return { type: expression.expressionType === "SQL92" ? "sql92" : "tag", expression: expression.subString };
}

/** Where a new group begins, in the words of Mecha's components; those with an own setting of RocketMQ's kind keep it. */
function startOf(consumeFromWhere: string | undefined): Readonly<Record<string, string>> {
  if (consumeFromWhere === "CONSUME_FROM_MIN_OFFSET" || consumeFromWhere === "CONSUME_FROM_FIRST_OFFSET")
    return { consumeFrom: "earliest" };
  return consumeFromWhere === "CONSUME_FROM_MAX_OFFSET" ? { consumeFrom: "latest" } : {};
}

/** The original puts topic and id before a handler's own message, in the same error. */
function describeFailure(thrown: unknown, { topic, msgId }: Message): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  error.message = `process mq message failed, topic: ${topic}, msgId: ${msgId ?? ""}, ${error.message}`;
  return error;
}
