import { setTimeout as delay } from "node:timers/promises";
import type { ComponentContext, DeliveryOutcome, InboundMessage, MechaError, MessageHandler } from "@mecha/spec";
import { handleMessage } from "../delivery/handle-message.js";
import {
  exhaustedWarning,
  isExhausted,
  redeliveryDelayMs,
  type RedeliverySettings,
} from "../delivery/redelivery-settings.js";
import type { ConsumerLease } from "./consumer-lease.js";
import type { MessageStore } from "./message-store.js";
import type { MessageTables, TakenMessage } from "./message-tables.js";

/** Pause before an outcome that could not be written is tried again, in milliseconds. */
const retryOutcomeMs = 1_000;

/** What a subscription works with. */
export interface SqliteSubscriptionOptions {
  readonly context: ComponentContext;
  readonly store: MessageStore;
  readonly lease: ConsumerLease;
  readonly redelivery: RedeliverySettings;
  readonly topic: string;
  readonly consumerGroup: string;
  readonly groupId: number;
  readonly maxInFlight: number;
  readonly handler: MessageHandler;
  readonly onError: ((error: MechaError, fatal: boolean) => void) | undefined;
}

/** Takes a group's messages from the file while it has room, hands them to the handler and writes down what came of it. */
export class SqliteSubscription {
  readonly topic: string;
  readonly #options: SqliteSubscriptionOptions;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #waits = new Set<NodeJS.Timeout>();
  #taking: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #broken = false;

  constructor(options: SqliteSubscriptionOptions) {
    this.topic = options.topic;
    this.#options = options;
  }

  /** Looks for messages where there may be some. Reads first: an idle subscriber must not lock others out. */
  look(): void {
    if (this.#closed || this.#taking !== undefined) {
      this.#again = true;
      return;
    }
    try {
      if (this.#options.store.read.hasWork(this.#options.groupId)) this.take();
    } catch (error) {
      // The next wake-up or poll looks again.
      this.#options.context.logger.debug(`looking for messages failed: ${String(error)}`);
    }
  }

  /** Takes messages where there should be some. */
  take(): void {
    if (this.#taking !== undefined) {
      this.#again = true;
      return;
    }
    const room = this.#options.maxInFlight - this.#inFlight.size;
    if (this.#closed || room <= 0) return;
    this.#taking = this.#takeUpTo(room).finally(() => {
      this.#taking = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.take();
    });
  }

  /** Takes nothing any more; resolves when the handlers have ended and what came of them is written. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const wait of this.#waits) clearTimeout(wait);
    this.#waits.clear();
    await this.#taking;
    await Promise.all(this.#inFlight);
  }

  async #takeUpTo(limit: number): Promise<void> {
    const { store, lease, groupId } = this.#options;
    try {
      const taken = await store.write("pubsub.take", (tables) => tables.take(groupId, lease.id, limit));
      this.#broken = false;
      for (const message of taken) this.#start(message);
      // A full hand means that there may be more; the others are told when they have room.
      if (taken.length === limit) this.#again = true;
    } catch (error) {
      this.#report(error);
    }
  }

  #start(message: TakenMessage): void {
    const task = this.#process(message).finally(() => {
      this.#inFlight.delete(task);
      this.take();
    });
    this.#inFlight.add(task);
  }

  async #process(taken: TakenMessage): Promise<void> {
    const { context, lease, groupId, handler } = this.#options;
    if (this.#closed) {
      await this.#record((tables) => {
        tables.giveBack(groupId, taken.id, lease.id);
      });
      return;
    }
    const message: InboundMessage = {
      id: String(taken.id),
      data: taken.data,
      ...(taken.contentType === undefined ? {} : { contentType: taken.contentType }),
      metadata: taken.metadata,
      attempt: taken.attempt,
    };
    const outcome = await handleMessage(context, handler, message);
    await this.#settle(message, taken.id, outcome);
  }

  async #settle(message: InboundMessage, id: number, outcome: DeliveryOutcome): Promise<void> {
    const { context, lease, groupId, redelivery, topic, consumerGroup } = this.#options;
    const exhausted = outcome === "retry" && isExhausted(message.attempt, redelivery);
    if (outcome === "retry" && !exhausted) {
      const delayMs = redeliveryDelayMs(message.attempt, redelivery);
      await this.#record((tables) => {
        tables.postpone(groupId, id, lease.id, Date.now() + delayMs);
      });
      this.#takeAfter(delayMs);
      return;
    }
    if (exhausted) context.logger.warn(exhaustedWarning(topic, consumerGroup, message));
    const final = outcome === "retry" ? "exhausted" : outcome;
    const kept = await this.#record((tables) => tables.finish(groupId, id, lease.id, final));
    if (kept === false)
      context.logger.warn(`message ${message.id} was handled after its lease ran out; another has it too`);
  }

  /** Writes an outcome, as often as it takes: a message whose outcome is lost would be nobody's while this process lives. */
  async #record<T>(work: (tables: MessageTables) => T): Promise<T | undefined> {
    for (;;) {
      try {
        return await this.#options.store.write("pubsub.settle", work);
      } catch (error) {
        this.#report(error);
        if (this.#closed) return undefined;
        await delay(retryOutcomeMs, undefined, { ref: false });
      }
    }
  }

  #takeAfter(delayMs: number): void {
    if (this.#closed) return;
    // One more, because a timer may fire a fraction of a millisecond early.
    const wait = setTimeout(() => {
      this.#waits.delete(wait);
      this.take();
    }, delayMs + 1).unref();
    this.#waits.add(wait);
  }

  #report(error: unknown): void {
    const problem = this.#options.store.toError(error, "pubsub.deliver");
    this.#options.context.logger.warn(problem.message);
    if (this.#broken) return;
    this.#broken = true;
    this.#options.onError?.(problem, false);
  }
}
