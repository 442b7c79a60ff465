import type { CallEnd } from "../transport/call-options.js";
import { fixEnd, PendingCall } from "./pending-call.js";

/** Waits for work that several callers share, until the caller's own end; the work goes on for the others. */
export function waitForSharedWork<T>(work: Promise<T>, end: CallEnd): Promise<T> {
  const fixed = fixEnd(end);
  if (fixed === undefined) return work;
  return new Promise((resolve, reject) => {
    const call = new PendingCall<undefined, T>(undefined, undefined, resolve, reject);
    call.watch(fixed);
    work.then(
      (value) => {
        call.succeed(value);
      },
      (error: unknown) => {
        call.fail(error);
      },
    );
  });
}
