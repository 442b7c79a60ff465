import type { DeliveryOutcome } from "@mecha/spec";

/**
 * Who waits for the acknowledgement of an event. Emptied when it came: the tables of a Map that has grown old keep what was in
 * them long after it was deleted, and would keep every event with it.
 */
interface Waiting {
  settle: ((outcome: DeliveryOutcome) => void) | undefined;
  /** Who waits for the same event, sent later. */
  next: Waiting | undefined;
}

/**
 * Events that were sent to a stream and not yet acknowledged, by id. The same event may be on its way twice; the first
 * acknowledgement is for the first.
 */
export class PendingDeliveries {
  readonly #byId = new Map<string, Waiting>();
  #lost = false;

  /** Whether the stream is gone. */
  get isLost(): boolean {
    return this.#lost;
  }

  /**
   * Waits for the acknowledgement of an event; a stream that is lost means `retry`.
   *
   * @param signal - ends the waiting, which means `retry` too
   */
  wait(id: string, signal?: AbortSignal): Promise<DeliveryOutcome> {
    if (this.#lost) return Promise.resolve("retry");
    return new Promise((settle) => {
      const waiting: Waiting = { settle, next: undefined };
      let last = this.#byId.get(id);
      if (last === undefined) this.#byId.set(id, waiting);
      else {
        while (last.next !== undefined) last = last.next;
        last.next = waiting;
      }
      signal?.addEventListener("abort", () => this.#forget(id, waiting), { once: true });
    });
  }

  /** Gives an acknowledgement to who waits for it; one that nobody waits for is ignored, as daprd does. */
  settle(id: string, outcome: DeliveryOutcome): void {
    const waiting = this.#byId.get(id);
    if (waiting === undefined) return;
    if (waiting.next === undefined) this.#byId.delete(id);
    else this.#byId.set(id, waiting.next);
    tell(waiting, outcome);
  }

  #forget(id: string, waiting: Waiting): void {
    const first = this.#byId.get(id);
    if (first === waiting) {
      this.settle(id, "retry");
      return;
    }
    for (let before = first; before !== undefined; before = before.next) {
      if (before.next !== waiting) continue;
      before.next = waiting.next;
      tell(waiting, "retry");
      return;
    }
  }

  /** Nobody will acknowledge any more: everything goes back to the broker. */
  lose(): void {
    this.#lost = true;
    const first = [...this.#byId.values()];
    this.#byId.clear();
    for (const each of first) {
      let waiting: Waiting | undefined = each;
      while (waiting !== undefined) {
        const next: Waiting | undefined = waiting.next;
        tell(waiting, "retry");
        waiting = next;
      }
    }
  }
}

function tell(waiting: Waiting, outcome: DeliveryOutcome): void {
  const { settle } = waiting;
  waiting.settle = waiting.next = undefined;
  settle?.(outcome);
}
