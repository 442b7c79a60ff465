import { MechaError } from "@mecha/spec";
import { startDeadline } from "../grpc/deadline-timer.js";
import type { CallEnd } from "../transport/call-options.js";

/** How a caller asks for one call's end, with the time worked out when the call was made. */
export type FixedCallEnd = Pick<CallEnd, "signal" | "deadline">;

/** One caller that waits for its part of a batch. It may leave before the batch is done; the others are not touched. */
export class PendingCall<I, O> {
  /** What waits for this call because it must not overtake it. */
  next: PendingCall<I, O> | undefined;
  /** Called when the caller leaves before its answer is there. */
  onLeave: (() => void) | undefined;
  #end: FixedCallEnd | undefined;
  #answered = false;
  #onDone: (() => void)[] | undefined;
  #stopTimer: (() => void) | undefined;
  #onAbort: (() => void) | undefined;

  constructor(
    readonly item: I,
    /** Calls with the same order are sent one after another. */
    readonly order: string | undefined,
    readonly resolve: (value: O) => void,
    readonly reject: (error: unknown) => void,
  ) {}

  /** When the caller leaves at the latest; `undefined` for one that stays to the end. */
  get end(): FixedCallEnd | undefined {
    return this.#end;
  }

  /** Whether the caller has its answer, or has left. */
  get answered(): boolean {
    return this.#answered;
  }

  succeed(value: O): void {
    if (this.#answered) return;
    this.#answered = true;
    this.unwatch();
    this.resolve(value);
  }

  fail(error: unknown): void {
    if (this.#answered) return;
    this.#answered = true;
    this.unwatch();
    this.reject(error);
  }

  /** Resolves when this call was sent and its answer came, whether the caller still waits or not. */
  untilDone(): Promise<void> {
    return new Promise((resolve) => {
      (this.#onDone ??= []).push(resolve);
    });
  }

  /** Says that this call was sent and answered, or never will be. */
  finish(): void {
    if (this.#onDone !== undefined) for (const resolve of this.#onDone) resolve();
  }

  /** Leaves the end of the call to whoever sends it. */
  unwatch(): void {
    this.#stopTimer?.();
    if (this.#onAbort !== undefined) this.#end?.signal?.removeEventListener("abort", this.#onAbort);
    this.#onAbort = undefined;
  }

  /** Leaves at the caller's own end. */
  watch(end: FixedCallEnd): void {
    this.#end = end;
    const { signal, deadline } = end;
    if (signal !== undefined) {
      this.#onAbort = () => {
        this.#leave(new MechaError("CANCELLED", "The call was cancelled", { cause: signal.reason }));
      };
      signal.addEventListener("abort", this.#onAbort, { once: true });
      if (signal.aborted) this.#onAbort();
    }
    if (deadline !== undefined && !this.#answered) {
      this.#stopTimer = startDeadline(deadline - Date.now(), () => {
        this.#leave(new MechaError("DEADLINE_EXCEEDED", "The call's deadline passed"));
      });
    }
  }

  #leave(error: MechaError): void {
    if (this.#answered) return;
    this.fail(error);
    this.onLeave?.();
  }
}

/** The end that a caller asked for, with a timeout counted from now; `undefined` if it asked for none. */
export function fixEnd(end: CallEnd | undefined): FixedCallEnd | undefined {
  if (end === undefined) return undefined;
  const { signal, timeoutMs } = end;
  let { deadline } = end;
  if (timeoutMs !== undefined) deadline = Math.min(Date.now() + timeoutMs, deadline ?? Number.POSITIVE_INFINITY);
  if (signal === undefined && deadline === undefined) return undefined;
  return { ...(signal !== undefined && { signal }), ...(deadline !== undefined && { deadline }) };
}
