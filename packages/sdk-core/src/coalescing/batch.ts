import type { PendingCall } from "./pending-call.js";

/** Calls that will be sent together. */
export interface Batch<I, O> {
  readonly calls: PendingCall<I, O>[];
  /** About how much their items take on the wire. */
  bytes: number;
}

/** A signal that aborts when every caller has left; `undefined` if one of them stays to the end. */
export function signalOfLeaving<I, O>(calls: readonly PendingCall<I, O>[]): AbortSignal | undefined {
  if (calls.some(({ end }) => end === undefined)) return undefined;
  const everybodyLeft = new AbortController();
  let waiting = calls.length;
  for (const call of calls) {
    call.onLeave = () => {
      waiting--;
      if (waiting === 0) everybodyLeft.abort();
    };
  }
  return everybodyLeft.signal;
}
