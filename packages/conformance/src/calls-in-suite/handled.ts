import { eventually } from "../eventually.js";

/** What handlers of a run were given, and what they are to answer. */
export class Handled<T> {
  readonly #seen: T[] = [];

  /** Keeps what a handler was given. */
  add(value: T): number {
    return this.#seen.push(value);
  }

  get all(): readonly T[] {
    return this.#seen;
  }

  /** Waits until enough was given that satisfies. */
  async until(claim: string, enough: (seen: readonly T[]) => boolean, timeoutMs = 20_000): Promise<readonly T[]> {
    await eventually(claim, () => Promise.resolve(enough(this.#seen)), timeoutMs);
    return this.#seen;
  }
}
