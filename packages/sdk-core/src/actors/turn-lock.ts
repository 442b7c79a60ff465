import { MechaError } from "@mecha/spec";

interface Holder {
  readonly id: string | undefined;
  depth: number;
}

interface Waiter {
  readonly holder: Holder;
  readonly start: () => void;
}

/** Lets one turn in at a time, in the order of arrival; only calls with the id of the turn under way may enter it too. */
export class TurnLock {
  readonly #maxDepth: number;
  readonly #waiting: Waiter[] = [];
  #holder: Holder | undefined;

  /** @param maxDepth - how many calls one turn may be made of */
  constructor(maxDepth = 1) {
    this.#maxDepth = maxDepth;
  }

  /** Whether there is no turn, and none waits. */
  get isIdle(): boolean {
    return this.#holder === undefined;
  }

  /** Whether a call with this id would enter the turn under way. */
  isEnteredBy(id: string | undefined): boolean {
    return this.#maxDepth > 1 && id !== undefined && this.#holder?.id === id;
  }

  /**
   * Runs a task in a turn, of its own or the one that has its id.
   *
   * @throws MechaError `RESOURCE_EXHAUSTED` if the turn is too deep already.
   */
  async run<T>(id: string | undefined, task: () => Promise<T>): Promise<T> {
    const holder = this.isEnteredBy(id) ? this.#enter() : (this.#take(id) ?? (await this.#wait(id)));
    try {
      return await task();
    } finally {
      holder.depth -= 1;
      if (holder.depth === 0) this.#next();
    }
  }

  #enter(): Holder {
    const holder = this.#holder;
    if (holder === undefined || holder.depth >= this.#maxDepth) {
      throw new MechaError(
        "RESOURCE_EXHAUSTED",
        `The actor has been called back ${String(this.#maxDepth)} times in one turn; its maxDepth allows no more`,
      );
    }
    holder.depth += 1;
    return holder;
  }

  /** The lock, where it is free. */
  #take(id: string | undefined): Holder | undefined {
    return this.#holder === undefined ? (this.#holder = { id, depth: 1 }) : undefined;
  }

  async #wait(id: string | undefined): Promise<Holder> {
    const holder: Holder = { id, depth: 1 };
    await new Promise<void>((start) => this.#waiting.push({ holder, start }));
    return holder;
  }

  /** The next one holds the lock before it runs, so that nobody gets in between. */
  #next(): void {
    const next = this.#waiting.shift();
    this.#holder = next?.holder;
    next?.start();
  }
}
