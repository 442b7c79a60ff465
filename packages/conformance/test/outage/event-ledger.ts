/** Most events that a run can publish. */
const capacity = 4_000_000;

/** What became of numbered events. Outside of the heap, whose growth is measured. */
export class EventLedger {
  readonly #resolved = new Uint8Array(capacity);
  readonly #delivered = new Uint8Array(capacity);
  #count = 0;

  /** The number of a new event. */
  begin(): number {
    if (this.#count === capacity) throw new RangeError("the ledger is full");
    return this.#count++;
  }

  /** Its publish has resolved: it must be delivered. */
  resolve(event: number): void {
    this.#resolved[event] = 1;
  }

  /** It was delivered, and its handler succeeded. Up to 255 times are told apart. */
  deliver(event: number): void {
    this.#delivered[event] = Math.min((this.#delivered[event] ?? 0) + 1, 255);
  }

  /** Whether it was delivered before. */
  wasDelivered(event: number): boolean {
    return this.#delivered[event] !== 0;
  }

  /** Counts what has become of all events. */
  sum(): { readonly published: number; readonly resolved: number; readonly missing: number; readonly again: number } {
    let [resolved, missing, again] = [0, 0, 0];
    for (let event = 0; event < this.#count; event++) {
      const times = this.#delivered[event] ?? 0;
      if (this.#resolved[event] === 1) {
        resolved++;
        if (times === 0) missing++;
      }
      if (times > 1) again += times - 1;
    }
    return { published: this.#count, resolved, missing, again };
  }
}
