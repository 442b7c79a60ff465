import { nullArray, type Reply } from "../resp/reply.js";
import { MustWait } from "./must-wait.js";
import type { Operation } from "./operation.js";
import type { Waiters } from "./waiters.js";
import type { Workspace } from "./workspace.js";

/** A blocking command. */
export interface WaiterOptions {
  readonly names: readonly string[];
  readonly owner: object;
  /** For how long it waits, in milliseconds, before the reply is that there is none; 0 for ever. */
  readonly timeoutMs: number;
  /** Tries it; throws `MustWait` if there is nothing. `again` once it has waited. */
  run(workspace: Workspace, again: boolean): Reply;
  settle(reply: Reply): void;
}

const maxTimerMs = 2 ** 31 - 1;
let count = 0;

/** An operation that waits for others: tried once, and again whenever one of its documents changes. */
export class Waiter implements Operation {
  readonly names: readonly string[];
  readonly owner: object;
  readonly blind = false;
  /** Who came first has the smaller number. */
  readonly order = ++count;
  readonly waiter = this;
  readonly #options: WaiterOptions;
  readonly #waiters: Waiters;
  /** Whether a batch tries it just now, so that no other may. */
  #isClaimed = true;
  #hasWaited = false;
  #isExpired = false;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(waiters: Waiters, options: WaiterOptions) {
    this.#waiters = waiters;
    this.#options = options;
    this.names = options.names;
    this.owner = options.owner;
  }

  /** Whether it may be tried. */
  get isFree(): boolean {
    return !this.#isClaimed && !this.#isOver;
  }

  /** Whether it found nothing, and is served only when others change something. */
  get waits(): boolean {
    return this.#hasWaited && !this.#isOver;
  }

  run(workspace: Workspace): Reply {
    if (this.#isOver) throw new MustWait(nullArray);
    // It may have been served in the batch in which it came.
    return this.#options.run(workspace, this.#hasWaited || workspace.ready !== undefined);
  }

  /** Nobody else may try it until it is settled, or waits again. */
  claim(): void {
    this.#isClaimed = true;
  }

  /** There was nothing: from now on it waits for changes. */
  wait(): void {
    this.#isClaimed = false;
    if (this.#isOver) return;
    if (this.#isExpired) {
      this.settle(nullArray);
      return;
    }
    if (this.#hasWaited) return;
    this.#hasWaited = true;
    this.#waiters.add(this);
    if (this.#options.timeoutMs > 0) this.#startTimer(this.#options.timeoutMs);
  }

  settle(reply: Reply): void {
    if (this.#isOver) return;
    this.cancel();
    this.#options.settle(reply);
  }

  /** Ends it without a reply: its client is gone. */
  cancel(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#waiters.remove(this);
  }

  #startTimer(leftMs: number): void {
    this.#timer = setTimeout(
      () => {
        if (leftMs > maxTimerMs) this.#startTimer(leftMs - maxTimerMs);
        else if (this.#isClaimed) this.#isExpired = true;
        else this.settle(nullArray);
      },
      Math.min(leftMs, maxTimerMs),
    );
  }
}
