import { randomUUID } from "node:crypto";
import type { ComponentLogger } from "@mecha/spec";
import type { MessageStore } from "./message-store.js";
import type { MessageTables } from "./message-tables.js";
import { isDead, ownIdentity } from "./process-identity.js";

/**
 * This component's row among the consumers of a message file, and the duty to notice that others are dead.
 *
 * What a consumer has taken stays its own while its process lives and renews its lease; after that whoever looks first opens it
 * for all.
 */
export class ConsumerLease {
  /** Names this component; never used twice. */
  readonly id = randomUUID();
  readonly #identity = ownIdentity();
  readonly #store: MessageStore;
  readonly #leaseMs: number;
  readonly #logger: ComponentLogger;
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

  /** Opens what dead consumers had; true if there were any. */
  async takeOver(): Promise<boolean> {
    const now = Date.now();
    const dead = this.#store.read
      .consumers(this.id)
      .filter((consumer) => consumer.leaseUntil <= now || isDead(consumer, this.#identity));
    const ids = [...dead.map(({ id }) => id), ...this.#store.read.abandoned(this.id)];
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

  async #renew(): Promise<void> {
    try {
      await this.#store.write(
        "pubsub.renewLease",
        (tables) => {
          tables.putConsumer(this.id, this.#identity, Date.now() + this.#leaseMs);
        },
        this.#leaseMs / 3,
      );
    } catch (error) {
      this.#logger.warn(`the lease was not renewed, the next round tries again: ${String(error)}`);
    }
  }
}
