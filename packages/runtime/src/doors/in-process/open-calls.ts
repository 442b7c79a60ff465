import type { InProcessCall } from "./call.js";

/**
 * The calls under way. No Set: one that elements come to and go from at each call leaves a table behind every few of them, and a
 * table that has grown old keeps calls alive that ended long ago.
 */
export class OpenCalls {
  readonly #calls: InProcessCall[] = [];

  get size(): number {
    return this.#calls.length;
  }

  add(call: InProcessCall): void {
    call.place = this.#calls.push(call) - 1;
  }

  /** Takes a call away; one that is not here is none of its business. */
  delete(call: InProcessCall): void {
    const { place } = call;
    const last = place < 0 ? undefined : this.#calls.pop();
    if (last === undefined) return;
    call.place = -1;
    if (last === call) return;
    this.#calls[place] = last;
    last.place = place;
  }

  /** Those of this moment, in no order. */
  all(): InProcessCall[] {
    return [...this.#calls];
  }
}
