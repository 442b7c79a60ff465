import { MechaError } from "@mecha/spec";
import type { CallOptions } from "../transport/transport.js";
import { startDeadline } from "./deadline-timer.js";

/** Ends a call by its signal, its deadline, or because the connection is closed, with the error that says so. */
export class CallEnding {
  /** What was said of the call. */
  readonly call: CallOptions;
  readonly #active: Set<CallEnding>;
  #reason: MechaError | undefined;
  #cancel: (() => void) | undefined;
  #stopTimer: (() => void) | undefined;

  constructor(call: CallOptions, active: Set<CallEnding>) {
    this.call = call;
    this.#active = active;
  }

  /** Why the call was ended from this side, if it was. */
  get reason(): MechaError | undefined {
    return this.#reason;
  }

  /** Begins to watch; `cancel` is called once if the call is to end. */
  start(cancel: () => void): void {
    this.#cancel = cancel;
    this.#active.add(this);
    const { signal, deadline } = this.call;
    if (signal !== undefined) {
      signal.addEventListener("abort", this.#onAbort, { once: true });
      if (signal.aborted) this.#onAbort();
    }
    if (deadline === undefined) return;
    const restMs = deadline - Date.now();
    if (restMs <= 0) this.#expire();
    else this.#stopTimer = startDeadline(restMs, this.#expire);
  }

  /** Ends the call. */
  end(reason: MechaError): void {
    this.#reason ??= reason;
    this.#cancel?.();
  }

  /** Stops watching. */
  stop(): void {
    this.#active.delete(this);
    this.call.signal?.removeEventListener("abort", this.#onAbort);
    this.#stopTimer?.();
  }

  readonly #onAbort = (): void => {
    this.end(new MechaError("CANCELLED", "The call was cancelled", { cause: this.call.signal?.reason }));
  };

  readonly #expire = (): void => {
    this.end(new MechaError("DEADLINE_EXCEEDED", "The call's deadline passed"));
  };
}
