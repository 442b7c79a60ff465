import { randomUUID } from "node:crypto";
import type { ComponentLogger } from "@mecha/spec";
import type { MessageStore } from "./message-store.js";
import type { ConsumerRow, MessageTables } from "./message-tables.js";
import { isDead, ownIdentity } from "./process-identity.js";

/**
 * This component's row among the consumers of a message file, and the duty to notice that others are dead.
 *
 * What a consumer has taken stays its own while its process lives and renews its lease; after that whoever looks first opens it
 * for all. A lease that is over by the clock must also stay so while this process watches: after a sleep of the machine, or a clock
 * that was set, every lease looks over until its owner has had the time to renew it.
 */
export class ConsumerLease {
  /** Names this component; never used twice. */
  readonly id = randomUUID();
  readonly #identity = ownIdentity();
  readonly #store: MessageStore;
  readonly #leaseMs: number;
  readonly #logger: ComponentLogger;
  readonly #kept = new Set<(tables: MessageTables) => boolean>();
  /** Leases that were seen to be over: what they said, and when they were first seen so, in milliseconds of a clock that nobody sets. */
  readonly #overdue = new Map<string, { readonly leaseUntil: number; readonly since: number }>();
  #renewer: NodeJS.Timeout | undefined;

  constructor(store: MessageStore, leaseMs: number, logger: ComponentLogger) {
    this.#store = store;
    this.#leaseMs = leaseMs;
    this.#logger = logger;
  }

  /** Writes the row, inside a transaction, and renews it from now on. */
  hold(tables: MessageTables): void {
    tables.putConsumer(this.id, this.#identity, Date.now() + this.#leaseMs);
    this.#renewer ??= setInterval(() => void this.#renew(), this.#leaseMs / 3).unref();
  }

  /**
   * Does something with each renewal, inside its transaction: what restores what others took from a consumer that they believed
   * dead, and says whether it had to.
   *
   * @returns a function that ends it
   */
  keep(restore: (tables: MessageTables) => boolean): () => void {
    this.#kept.add(restore);
    return () => {
      this.#kept.delete(restore);
    };
  }

  /** Opens what dead consumers had; true if there were any. */
  async takeOver(): Promise<boolean> {
    const { dead, ids } = this.#findDead();
    if (ids.length === 0) return false;
    for (const { pid } of dead) this.#logger.info(`the consumer in process ${pid} is gone; its messages go to others`);
    await this.#store.write("pubsub.takeOver", (tables) => {
      for (const id of ids) tables.removeConsumer(id);
    });
    return true;
  }

  /** Gives everything up. */
  async release(): Promise<void> {
    if (this.#renewer === undefined) return;
    clearInterval(this.#renewer);
    await this.#store.write("pubsub.close", (tables) => {
      tables.removeConsumer(this.id);
    });
  }

  #findDead(): { readonly dead: readonly ConsumerRow[]; readonly ids: readonly string[] } {
    const { read } = this.#store;
    try {
      const consumers = read.consumers(this.id);
      const dead = consumers.filter((consumer) => isDead(consumer, this.#identity) || this.#isOver(consumer));
      for (const id of this.#overdue.keys()) {
        if (!consumers.some((consumer) => consumer.id === id)) this.#overdue.delete(id);
      }
      return { dead, ids: [...dead.map(({ id }) => id), ...read.abandoned(this.id)] };
    } catch (error) {
      throw this.#store.toError(error, "pubsub.takeOver");
    }
  }

  #isOver({ id, leaseUntil }: ConsumerRow): boolean {
    const now = performance.now();
    const seen = this.#overdue.get(id);
    if (leaseUntil > Date.now()) this.#overdue.delete(id);
    else if (seen?.leaseUntil !== leaseUntil) this.#overdue.set(id, { leaseUntil, since: now });
    else return now - seen.since >= this.#leaseMs / 2;
    return false;
  }

  async #renew(): Promise<void> {
    try {
      const restored = await this.#store.write(
        "pubsub.renewLease",
        (tables) => {
          tables.putConsumer(this.id, this.#identity, Date.now() + this.#leaseMs);
          return [...this.#kept].filter((restore) => restore(tables)).length;
        },
        this.#leaseMs / 3,
      );
      if (restored > 0)
        this.#logger.warn(
          `this process was taken for dead and ${restored} broadcast subscription(s) were ended; they go on, messages meanwhile are lost to them`,
        );
    } catch (error) {
      this.#logger.warn(`the lease was not renewed, the next round tries again: ${String(error)}`);
    }
  }
}
