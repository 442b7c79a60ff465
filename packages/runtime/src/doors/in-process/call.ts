import type { CallOptions, Deadlines, Expiring, Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import type { CancellableContext } from "../cancellation.js";

/** One call through the in-process door: its context for the handler, and what ends it before its time. */
export class InProcessCall implements CancellableContext {
  readonly metadata: Metadata;
  readonly peer = "in-process";
  readonly deadline?: number;
  readonly isCancellable: boolean;
  /** Where it is among the calls under way, which alone set it; negative if it is not. */
  place = -1;
  readonly #options: CallOptions;
  #header: Record<string, string> | undefined;
  #trailer: Record<string, string> | undefined;
  #headerSent = false;
  #controller: AbortController | undefined;
  #failure: MechaError | undefined;
  readonly #deadlines: Deadlines;
  #giveUp: ((failure: MechaError) => void) | undefined;
  #listeners: Set<(failure: MechaError) => void> | undefined;
  #abort: (() => void) | undefined;

  constructor(options: CallOptions, deadlines: Deadlines) {
    this.#options = options;
    this.#deadlines = deadlines;
    this.metadata = { ...options.metadata };
    const { signal, deadline } = options;
    this.isCancellable = signal !== undefined || deadline !== undefined;
    if (deadline !== undefined) this.deadline = deadline;
    if (signal !== undefined) this.#follow(signal);
    if (deadline === undefined || this.#failure !== undefined) return;
    if (deadline <= Date.now()) this.expire();
    else deadlines.add(this as Expiring);
  }

  /** Made when it is first asked for: most handlers are done before anybody listens. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#failure !== undefined) this.#controller.abort(this.#failure);
    return this.#controller.signal;
  }

  get isCancelled(): boolean {
    return this.#failure !== undefined;
  }

  /** Why the call ended before its time, if it did. */
  get failure(): MechaError | undefined {
    return this.#failure;
  }

  setHeader(name: string, value: string): void {
    (this.#header ??= {})[name.toLowerCase()] = value;
  }

  setTrailer(name: string, value: string): void {
    (this.#trailer ??= {})[name.toLowerCase()] = value;
  }

  /** Ends the call: its time is over. */
  expire(): void {
    this.end(new MechaError("DEADLINE_EXCEEDED", "The call did not end before its deadline"));
  }

  /** Ends the call: the handler's signal aborts, and whoever races with it is told. */
  end(failure: MechaError): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#controller?.abort(failure);
    this.#giveUp?.(failure);
    for (const listener of this.#listeners ?? []) listener(failure);
  }

  onEnd(listener: (failure: MechaError) => void): () => void {
    const listeners = (this.#listeners ??= new Set());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Waits for what a handler gives, but no longer than the call lives. */
  race<T>(work: Promise<T>): Promise<T> {
    if (this.#failure !== undefined) {
      work.catch(() => undefined);
      return Promise.reject(this.#failure);
    }
    return new Promise<T>((resolve, reject) => {
      this.#giveUp = reject;
      work.then(resolve, reject);
    });
  }

  /** Tells the caller the header, once, before the first response. */
  sendHeader(): void {
    if (this.#headerSent) return;
    this.#headerSent = true;
    this.#options.onHeader?.({ ...this.#header });
  }

  /** Tells the caller the trailer, and lets go of signal and deadline. */
  finish(): void {
    if (this.deadline !== undefined) this.#deadlines.delete(this as Expiring);
    if (this.#abort !== undefined) this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#options.onTrailer?.({ ...this.#trailer });
  }

  #follow(signal: AbortSignal): void {
    const abort = (): void =>
      this.end(new MechaError("CANCELLED", "The call was cancelled by its caller", { cause: signal.reason }));
    if (signal.aborted) {
      abort();
      return;
    }
    this.#abort = abort;
    signal.addEventListener("abort", abort, { once: true });
  }
}
