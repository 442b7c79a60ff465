import { EventEmitter } from "node:events";
import type { MessageQueue, MQClient, OffsetStore } from "./ali-ons.js";
import { responseCode, responseCodeOf } from "./rocketmq-errors.js";

const queryTimeoutMs = 5_000;

/**
 * How far a consumer group is in each queue, kept by the broker.
 *
 * ali-ons's own store takes a failed query for "this group has never consumed", from which it would skip to the newest
 * message; and it commits -1 for a queue whose offset is 0 or not known, over what the broker has. This one fails instead,
 * and commits only what it knows.
 */
export class BrokerOffsets extends EventEmitter implements OffsetStore {
  readonly #client: MQClient;
  readonly #consumerGroup: string;
  readonly #offsets = new Map<string, number>();
  readonly #committed = new Map<string, number>();

  constructor(client: MQClient, consumerGroup: string) {
    super();
    this.#client = client;
    this.#consumerGroup = consumerGroup;
  }

  async load(): Promise<void> {
    // The broker is asked queue by queue.
  }

  updateOffset({ key }: MessageQueue, offset: number, increaseOnly = false): void {
    const known = this.#offsets.get(key) ?? -1;
    if (!increaseOnly || offset > known) this.#offsets.set(key, offset);
  }

  /** The offset, or -1 if the group never committed one. Rejects when the broker does not say. */
  async readOffset(queue: MessageQueue, type: string): Promise<number> {
    if (type !== "READ_FROM_STORE") return this.#offsets.get(queue.key) ?? -1;
    this.#forget(queue.key);
    try {
      const request = { topic: queue.topic, consumerGroup: this.#consumerGroup, queueId: queue.queueId };
      const offset = await this.#client.queryConsumerOffset(this.#addressOf(queue), request, queryTimeoutMs);
      if (offset >= 0) this.#offsets.set(queue.key, offset);
      return offset;
    } catch (error) {
      if (responseCodeOf(error) === responseCode.queryNotFound) return -1;
      throw error;
    }
  }

  async persistAll(queues: readonly MessageQueue[]): Promise<void> {
    await Promise.all(queues.map((queue) => this.persist(queue)));
  }

  async persist(queue: MessageQueue): Promise<void> {
    const offset = this.#offsets.get(queue.key);
    if (offset === undefined || offset < 0 || this.#committed.get(queue.key) === offset) return;
    try {
      await this.#client.updateConsumerOffsetOneway(this.#addressOf(queue), {
        ...{ topic: queue.topic, consumerGroup: this.#consumerGroup, queueId: queue.queueId, commitOffset: offset },
      });
      this.#committed.set(queue.key, offset);
    } catch (error) {
      // The next round commits it; until then a restart would deliver again what is done.
      this.emit("error", error);
    }
  }

  removeOffset({ key }: MessageQueue): void {
    this.#forget(key);
  }

  #forget(key: string): void {
    this.#offsets.delete(key);
    this.#committed.delete(key);
  }

  #addressOf({ brokerName }: MessageQueue): string {
    const broker = this.#client.findBrokerAddressInAdmin(brokerName);
    if (broker === null) throw new Error(`the broker ${brokerName} is not known`);
    return broker.brokerAddr;
  }
}
