/** What is done to learn whether the other side is there. */
export interface KeepAliveActions {
  /** Whether anybody waits for it. */
  readonly isNeeded: () => boolean;
  readonly ping: () => void;
  /** It said nothing for the whole time. */
  readonly onSilence: () => void;
}

/** How long the answer to a ping may take, in milliseconds. */
const answerMs = 10_000;

/** Asks the other side of a connection whether it is there when it has been silent for a period. */
export class KeepAlive {
  readonly #actions: KeepAliveActions;
  readonly #period: NodeJS.Timeout | undefined;
  #answer: NodeJS.Timeout | undefined;
  #wasHeard = true;

  /**
   * @param periodMs - in milliseconds; `0` never asks
   */
  constructor(periodMs: number, actions: KeepAliveActions) {
    this.#actions = actions;
    if (periodMs > 0) this.#period = setInterval(() => this.#look(), periodMs).unref();
  }

  /** Something was received. */
  heard(): void {
    this.#wasHeard = true;
  }

  /** Asks no more. */
  stop(): void {
    clearInterval(this.#period);
    clearTimeout(this.#answer);
  }

  #look(): void {
    if (this.#wasHeard) {
      this.#wasHeard = false;
      clearTimeout(this.#answer);
      this.#answer = undefined;
      return;
    }
    if (this.#answer !== undefined || !this.#actions.isNeeded()) return;
    this.#actions.ping();
    this.#answer = setTimeout(() => {
      this.#answer = undefined;
      if (!this.#wasHeard) this.#actions.onSilence();
    }, answerMs).unref();
  }
}
