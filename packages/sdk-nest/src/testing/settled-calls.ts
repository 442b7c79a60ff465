import { MechaError } from "@mecha/sdk-core";
import type { SettledCall } from "../handlers/observe-calls.js";

/** Says which calls are waited for. */
export type CallFilter = (call: SettledCall) => boolean;

interface Waiting {
  readonly filter: CallFilter;
  readonly resolve: (call: SettledCall) => void;
}

/** The calls of handlers that have ended, for who waits for one. */
export class SettledCalls {
  readonly #waiting = new Set<Waiting>();

  /** Hears of a call. */
  readonly add = (call: SettledCall): void => {
    for (const each of this.#waiting) {
      if (!each.filter(call)) continue;
      this.#waiting.delete(each);
      each.resolve(call);
    }
  };

  /**
   * Waits for the next call that fits.
   *
   * @throws MechaError `DEADLINE_EXCEEDED` after the time.
   */
  async next(filter: CallFilter, what: string, timeoutMs: number): Promise<SettledCall> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<SettledCall>((resolve, reject) => {
        const waiting = { filter, resolve };
        this.#waiting.add(waiting);
        timer = setTimeout(() => {
          this.#waiting.delete(waiting);
          reject(
            new MechaError("DEADLINE_EXCEEDED", `No handler took ${what} within ${timeoutMs} ms`, {
              operation: "nest.test",
            }),
          );
        }, timeoutMs);
      });
    } finally {
      clearTimeout(timer);
    }
  }
}
