import { actorError } from "./actor-errors.js";

interface Turn {
  readonly id: string | undefined;
  depth: number;
}

interface Waiter {
  readonly turn: Turn;
  readonly start: () => void;
}

/** Lets one turn of an actor in at a time, in the order of arrival; calls with the id of the turn under way enter it. */
export class TurnQueue {
  readonly #maxDepth: number;
  readonly #waiting: Waiter[] = [];
  #turn: Turn | undefined;
  #whenIdle: (() => void)[] = [];

  /** @param maxDepth - how many calls one turn may be made of */
  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  /** Whether there is no turn, and none waits. */
  get isIdle(): boolean {
    return this.#turn === undefined;
  }

  /**
   * Runs a task in a turn.
   *
   * @param id - tells calls that belong together
   * @param onLeave - is given a function that takes the call out of the queue; it does nothing once the turn has begun
   * @throws MechaError `RESOURCE_EXHAUSTED` if the turn is too deep already; what `onLeave`'s function is given
   */
  async run<T>(
    id: string | undefined,
    task: () => Promise<T>,
    onLeave?: (leave: (reason: Error) => void) => () => void,
  ): Promise<T> {
    const turn = this.#enter(id) ?? this.#take(id) ?? (await this.#wait(id, onLeave));
    try {
      return await task();
    } finally {
      turn.depth -= 1;
      if (turn.depth === 0) this.#next();
    }
  }

  /** Resolves when there is no turn, and none waits. */
  async idle(): Promise<void> {
    if (!this.isIdle) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  #enter(id: string | undefined): Turn | undefined {
    const turn = this.#turn;
    if (turn === undefined || id === undefined || this.#maxDepth <= 1 || turn.id !== id) return undefined;
    if (turn.depth >= this.#maxDepth) throw actorError("stackDepth", "maximum stack depth exceeded");
    turn.depth += 1;
    return turn;
  }

  #take(id: string | undefined): Turn | undefined {
    return this.#turn === undefined ? (this.#turn = { id, depth: 1 }) : undefined;
  }

  async #wait(
    id: string | undefined,
    onLeave: ((leave: (reason: Error) => void) => () => void) | undefined,
  ): Promise<Turn> {
    const turn: Turn = { id, depth: 1 };
    let stay: (() => void) | undefined;
    await new Promise<void>((start, reject) => {
      const waiter = { turn, start };
      this.#waiting.push(waiter);
      stay = onLeave?.((reason) => {
        const index = this.#waiting.indexOf(waiter);
        if (index < 0) return;
        this.#waiting.splice(index, 1);
        reject(reason);
      });
    }).finally(() => stay?.());
    return turn;
  }

  /** The next one has the turn before it runs, so that nobody gets in between. */
  #next(): void {
    const next = this.#waiting.shift();
    this.#turn = next?.turn;
    if (next !== undefined) {
      next.start();
      return;
    }
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const wake of waiting) wake();
  }
}
