import { MechaError } from "@mecha/spec";
import { CallbackContext } from "./callback-context.js";

/** Calls of the app that are under way, which can be given up all at once. */
export class OpenCalls {
  readonly #givingUp = new AbortController();
  readonly #waiting = new Set<(reason: MechaError) => void>();

  /** What handlers know of these calls; its signal tells them that nobody waits for them any longer. */
  readonly context = new CallbackContext(this.#givingUp.signal);

  /** Waits for a call; rejects with `UNAVAILABLE` when calls are given up, whatever becomes of it. */
  wait<T>(call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const forget = (): void => void this.#waiting.delete(reject);
      call.then(resolve, reject).finally(forget);
    });
  }

  /** Gives up what is under way. */
  giveUp(): void {
    const reason = new MechaError("UNAVAILABLE", "The runtime ends, and the app has taken too long", {
      operation: "app.call",
    });
    for (const reject of this.#waiting) reject(reason);
    this.#givingUp.abort(reason);
  }
}
