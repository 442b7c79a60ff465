import { MechaError } from "@mecha/spec";
import { Deadlines, type Expiring } from "../transport/deadlines.js";
import type { CallOptions } from "../transport/transport.js";

/** Of all calls of this process: nearly every one has a deadline, and few of them pass. */
const deadlines = new Deadlines();

/** A call that can be ended from this side. */
export interface Cancellable {
  /** Is called once its {@link CallEnding.reason} is known. */
  cancel(): void;
}

/** Ends a call by its signal, its deadline, or because the connection is closed, with the error that says so. */
export class CallEnding implements Expiring {
  /** What was said of the call. */
  readonly call: CallOptions;
  /** In milliseconds since 1970; `Infinity` for a call that may take for ever. */
  readonly deadline: number;
  readonly #active: Set<CallEnding>;
  #reason: MechaError | undefined;
  #target: Cancellable | undefined;

  constructor(call: CallOptions, active: Set<CallEnding>) {
    this.call = call;
    this.deadline = call.deadline ?? Number.POSITIVE_INFINITY;
    this.#active = active;
  }

  /** Why the call was ended from this side, if it was. */
  get reason(): MechaError | undefined {
    return this.#reason;
  }

  /** Begins to watch. */
  start(target: Cancellable): void {
    this.#target = target;
    this.#active.add(this);
    const { signal } = this.call;
    if (signal !== undefined) {
      signal.addEventListener("abort", this, { once: true });
      if (signal.aborted) this.handleEvent();
    }
    if (this.deadline === Number.POSITIVE_INFINITY) return;
    if (this.deadline <= Date.now()) this.expire();
    else deadlines.add(this);
  }

  /** Ends the call. */
  end(reason: MechaError): void {
    this.#reason ??= reason;
    this.#target?.cancel();
  }

  /** Stops watching. */
  stop(): void {
    this.#active.delete(this);
    this.call.signal?.removeEventListener("abort", this);
    if (this.deadline !== Number.POSITIVE_INFINITY) deadlines.delete(this);
  }

  /** Ends the call: its signal aborts. A listener that is this object spares each call a function of its own. */
  handleEvent(): void {
    this.end(new MechaError("CANCELLED", "The call was cancelled", { cause: this.call.signal?.reason }));
  }

  /** Ends the call: its time is over. */
  expire(): void {
    this.end(new MechaError("DEADLINE_EXCEEDED", "The call's deadline passed"));
  }
}
