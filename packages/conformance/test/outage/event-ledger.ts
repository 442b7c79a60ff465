/** Most events that a run can publish. */
const capacity = 4_000_000;

/** What has become of all events. */
export interface LedgerSum {
  readonly published: number;
  /** Publishes that resolved. */
  readonly resolved: number;
  /** Events whose publish resolved, and that never came. */
  readonly missing: readonly number[];
  /** Deliveries of events that had been handled before. */
  readonly again: number;
}

/** What became of numbered events. Outside of the heap, whose growth is measured. */
export class EventLedger {
  readonly #resolved = new Uint8Array(capacity);
  readonly #delivered = new Uint8Array(capacity);
  readonly #failed = new Uint8Array(capacity);
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

  /** Notes that its handler fails; `false` if it has failed before. */
  failOnce(event: number): boolean {
    if (this.#failed[event] === 1) return false;
    this.#failed[event] = 1;
    return true;
  }

  /** Counts what has become of all events. */
  sum(): LedgerSum {
    let [resolved, again] = [0, 0];
    const missing: number[] = [];
    for (let event = 0; event < this.#count; event++) {
      const times = this.#delivered[event] ?? 0;
      if (this.#resolved[event] === 1) resolved++;
      if (this.#resolved[event] === 1 && times === 0) missing.push(event);
      if (times > 1) again += times - 1;
    }
    return { published: this.#count, resolved, missing, again };
  }
}
