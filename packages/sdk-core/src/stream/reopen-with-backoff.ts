import { setTimeout as delay } from "node:timers/promises";
import { MechaError, type MechaErrorCode } from "@mecha/spec";

/**
 * One life of a stream: resolves when the stream ended in order, rejects when it broke. It calls `opened` once the other side
 * has taken it.
 */
export type StreamLife = (opened: () => void) => Promise<void>;

/** How a stream is opened again. */
export interface ReopenOptions {
  /** Ends the loop, in a pause at once; a life under way has to end itself. */
  readonly signal: AbortSignal;
  /** What is attempted; goes before the message of an error that is no `MechaError`. */
  readonly attempt: string;
  /** Called when a life broke: it is being reopened, or (`fatal`) will not be. */
  readonly onError?: (error: MechaError, fatal: boolean) => void;
  /** How long to pause after so many lives in a row that were no good ones, in milliseconds. @defaultValue {@link growingPauseMs} */
  readonly pauseMs?: (failures: number) => number;
}

/** Longest pause between attempts, in milliseconds. */
const longestPauseMs = 10_000;

/** A stream that was open for this long was a good one: the next pause is the shortest again, in milliseconds. */
const goodLifeMs = 5_000;

/** Codes after which the same stream may yet succeed; all others are the runtime's refusal. */
const transientCodes: ReadonlySet<MechaErrorCode> = new Set([
  "UNAVAILABLE",
  "CANCELLED",
  "UNKNOWN",
  "INTERNAL",
  "ABORTED",
  "DEADLINE_EXCEEDED",
  "RESOURCE_EXHAUSTED",
]);

/**
 * Keeps a stream open: begins a new life when one ended, in order or by an error that may pass, after a pause that grows
 * from 0.1 to 10 seconds, with jitter so that many do not come back at once.
 *
 * @returns when the signal has fired and the life under way is over
 * @throws MechaError that will not pass, such as `INVALID_ARGUMENT` or `UNIMPLEMENTED`
 */
export async function reopenWithBackoff(live: StreamLife, options: ReopenOptions): Promise<void> {
  const { signal, attempt, onError, pauseMs = growingPauseMs } = options;
  // Asked again after each wait, between which the answer changes.
  const isOver = (): boolean => signal.aborted;
  let failures = 0;
  while (!isOver()) {
    let openSince: number | undefined;
    try {
      await live(() => {
        openSince ??= performance.now();
      });
    } catch (thrown) {
      if (isOver()) return;
      const error = MechaError.from(thrown, attempt);
      const fatal = !transientCodes.has(error.code);
      onError?.(error, fatal);
      if (fatal) throw error;
    }
    if (openSince !== undefined && performance.now() - openSince > goodLifeMs) failures = 0;
    // An open stream keeps the process alive, so the pause in which it is reopened does too.
    await delay(pauseMs(failures++), undefined, { signal }).catch(() => undefined);
  }
}

/** Grows from 0.1 to 10 seconds; half of it is chance. */
export function growingPauseMs(failures: number): number {
  return Math.min(100 * 2 ** failures, longestPauseMs) * (0.5 + Math.random() / 2);
}
