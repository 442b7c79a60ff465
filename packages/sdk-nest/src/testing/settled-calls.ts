import { MechaError } from "@mecha/sdk-core";
import type { SettledCall } from "../handlers/observe-calls.js";

/** Says which calls are waited for. */
export type CallFilter = (call: SettledCall) => boolean;

/** A call that is waited for. */
export interface ExpectedCall {
  readonly filter: CallFilter;
  /** What it is, for messages. */
  readonly what: string;
  readonly timeoutMs: number;
}

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
   * Waits for the next call that fits, once `begin` has begun what leads to it.
   *
   * @throws MechaError `DEADLINE_EXCEEDED` after the time, or what `begin` throws.
   */
  async next({ filter, what, timeoutMs }: ExpectedCall, begin?: () => Promise<unknown>): Promise<SettledCall> {
    let timer: NodeJS.Timeout | undefined;
    let waiting: Waiting | undefined;
    try {
      return await new Promise<SettledCall>((resolve, reject) => {
        waiting = { filter, resolve };
        this.#waiting.add(waiting);
        begin?.().catch(reject);
        timer = setTimeout(() => {
          reject(
            new MechaError("DEADLINE_EXCEEDED", `No handler took ${what} within ${timeoutMs} ms`, {
              operation: "nest.test",
            }),
          );
        }, timeoutMs);
      });
    } finally {
      if (waiting !== undefined) this.#waiting.delete(waiting);
      clearTimeout(timer);
    }
  }
}
