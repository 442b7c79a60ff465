import type { CallContext, Metadata } from "@mecha/sdk-core/protocol";

/**
 * What a handler of the app knows of a call that the runtime makes by itself: one for many calls. Nobody hears of headers that
 * it sets.
 */
export class CallbackContext implements CallContext {
  readonly metadata: Metadata = {};
  readonly peer = "in-process";
  readonly signal: AbortSignal;

  /** @param signal - aborts when the runtime gives up waiting */
  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  setHeader(): void {
    // Goes nowhere.
  }

  setTrailer(): void {
    // Goes nowhere.
  }
}
