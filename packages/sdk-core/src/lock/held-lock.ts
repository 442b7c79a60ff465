import type { CallEnd } from "../transport/call-options.js";
import type { Lock, UnlockResult } from "./lock.js";

/** A lock that was taken: `await using held = await lock.tryLock(…)` releases it at the end of the block. */
export interface HeldLock extends AsyncDisposable {
  readonly resource: string;
  /** Who took it. */
  readonly owner: string;
  /** Until when it can be counted on; the store ends it then or a little later. */
  readonly expiresAt: Date;
  /** How long it can still be counted on, in milliseconds; 0 when its time is over. By a clock that nobody sets. */
  remainingMs(): number;
  /** Releases it. The result says whether it was still held; once it was told, the store is not asked again. */
  release(options?: CallEnd): Promise<UnlockResult>;
}

/** What is known of a lock that was taken. */
export interface TakenLock {
  readonly resource: string;
  readonly owner: string;
  /** How long the store keeps it, in milliseconds. */
  readonly validForMs: number;
  /** When it was asked for, by `performance.now()`: the store's time began then or later. */
  readonly sentAt: number;
}

/** Makes the handle of a lock. */
export function createHeldLock(
  lock: Pick<Lock, "unlock">,
  { resource, owner, validForMs, sentAt }: TakenLock,
): HeldLock {
  const remainingMs = (): number => Math.max(0, sentAt + validForMs - performance.now());
  let released: Promise<UnlockResult> | undefined;
  const release = (options?: CallEnd): Promise<UnlockResult> =>
    (released ??= lock.unlock(resource, owner, options).catch((error: unknown) => {
      released = undefined;
      throw error;
    }));
  return {
    resource,
    owner,
    expiresAt: new Date(Date.now() + remainingMs()),
    remainingMs,
    release,
    async [Symbol.asyncDispose]() {
      await release();
    },
  };
}
