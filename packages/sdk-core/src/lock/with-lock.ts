import { setTimeout as delay } from "node:timers/promises";
import { MechaError } from "@mecha/spec";
import { startDeadline } from "../grpc/deadline-timer.js";
import type { HeldLock } from "./held-lock.js";
import { takeLease, type Lease } from "./lease.js";
import type { Lock } from "./lock.js";

/** How to run a function under a lock. */
export interface WithLockOptions {
  /** After how many whole seconds the lock ends by itself, should this process die; 1 or more. */
  readonly expirySeconds: number;
  /** How long to wait for a lock that is taken, in milliseconds; 0 tries once. @defaultValue 30,000 */
  readonly waitMs?: number;
  /** Ends the wait with `CANCELLED`; later, it aborts the function's signal. */
  readonly signal?: AbortSignal;
  /**
   * Keeps the lock for as long as the function runs. Dapr's locks cannot be extended, so it takes two, the resource's own and
   * another of the same name with `:renewal`, and takes each again in turn while it has the other. For that, everybody
   * who locks the resource has to use `withLock` with `renew`: whoever takes the resource's own lock alone can get it at the
   * moment when it is taken again.
   *
   * @defaultValue `false`: the function's signal aborts before the lock ends
   */
  readonly renew?: boolean;
}

/** What is locked, and where. */
export interface LockTarget {
  readonly lock: Pick<Lock, "tryLock">;
  readonly storeName: string;
  readonly resource: string;
}

const defaultWaitMs = 30_000;

/** What part of a lock's time the function has before its signal aborts; the rest is for it to stop. */
const countedOn = 0.9;

/** Waits for a lock, runs a function under it, and releases it. */
export async function runWithLock<T>(
  target: LockTarget,
  run: (signal: AbortSignal) => Promise<T>,
  options: WithLockOptions,
): Promise<T> {
  const lease = await waitForLease(target, options);
  const lost = new AbortController();
  const stopWatching = watch(lease, options.expirySeconds, () => {
    lost.abort(lostError(target, lease.failure));
  });
  const signal = options.signal === undefined ? lost.signal : AbortSignal.any([options.signal, lost.signal]);
  const giveBack = (): Promise<boolean> => {
    stopWatching();
    return lease.release();
  };
  let result: T;
  try {
    result = await run(signal);
  } catch (thrown) {
    await giveBack();
    throw thrown;
  }
  if (!(await giveBack())) throw lostError(target, lease.failure);
  return result;
}

async function waitForLease(target: LockTarget, options: WithLockOptions): Promise<Lease> {
  const { waitMs = defaultWaitMs, signal } = options;
  const until = performance.now() + waitMs;
  for (let attempt = 0; ; attempt++) {
    const lease = await takeLease(target, options);
    if (lease !== undefined) return lease;
    const leftMs = until - performance.now();
    if (leftMs <= 0) throw takenError(target, waitMs);
    await pause(Math.min(pauseMs(attempt), leftMs), target, signal);
  }
}

/** Between 50 milliseconds and a second, never the same for two that wait. */
function pauseMs(attempt: number): number {
  return Math.min(50 * 1.5 ** attempt, 1000) * (0.5 + Math.random() / 2);
}

async function pause(milliseconds: number, { storeName, resource }: LockTarget, signal?: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, signal && { signal });
  } catch (cause) {
    throw new MechaError("CANCELLED", `The wait for the lock of "${resource}" was cancelled`, {
      cause,
      component: storeName,
      operation: "lock.withLock",
    });
  }
}

/** Calls back when a lease can no longer be counted on. */
function watch(lease: Pick<HeldLock, "remainingMs">, expirySeconds: number, onEnd: () => void): () => void {
  const reserveMs = expirySeconds * 1000 * (1 - countedOn);
  let stop = (): void => undefined;
  const check = (): void => {
    const leftMs = lease.remainingMs() - reserveMs;
    if (leftMs <= 0) onEnd();
    // A renewed lease has more left when this time is over.
    else stop = startDeadline(leftMs, check);
  };
  check();
  return () => {
    stop();
  };
}

function takenError({ storeName, resource }: LockTarget, waitMs: number): MechaError {
  return new MechaError("ABORTED", `The lock of "${resource}" could not be had in ${String(waitMs)} ms; it is taken`, {
    component: storeName,
    operation: "lock.withLock",
  });
}

function lostError({ storeName, resource }: LockTarget, cause: unknown): MechaError {
  return new MechaError(
    "ABORTED",
    `The lock of "${resource}" ended before the function that it guards; others may have run it since. Give it more expirySeconds, or renew`,
    { cause, component: storeName, operation: "lock.withLock" },
  );
}
