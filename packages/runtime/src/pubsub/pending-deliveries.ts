import type { DeliveryOutcome } from "@mecha/spec";

type Settle = (outcome: DeliveryOutcome) => void;

/**
 * Events that were sent to a stream and not yet acknowledged, by id. The same event may be on its way twice; the first
 * acknowledgement is for the first.
 */
export class PendingDeliveries {
  readonly #byId = new Map<string, Settle[]>();
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
    return new Promise((resolve) => {
      const waiting = this.#byId.get(id);
      if (waiting === undefined) this.#byId.set(id, [resolve]);
      else waiting.push(resolve);
      signal?.addEventListener("abort", () => this.#forget(id, resolve), { once: true });
    });
  }

  /** Gives an acknowledgement to who waits for it; one that nobody waits for is ignored, as daprd does. */
  settle(id: string, outcome: DeliveryOutcome): void {
    const waiting = this.#byId.get(id);
    const first = waiting?.shift();
    if (waiting?.length === 0) this.#byId.delete(id);
    first?.(outcome);
  }

  #forget(id: string, settle: Settle): void {
    const waiting = this.#byId.get(id);
    const index = waiting?.indexOf(settle) ?? -1;
    if (index < 0) return;
    waiting?.splice(index, 1);
    if (waiting?.length === 0) this.#byId.delete(id);
    settle("retry");
  }

  /** Nobody will acknowledge any more: everything goes back to the broker. */
  lose(): void {
    this.#lost = true;
    const waiting = [...this.#byId.values()].flat();
    this.#byId.clear();
    for (const settle of waiting) settle("retry");
  }
}
