import { randomUUID } from "node:crypto";
import { MechaError, type MechaErrorCode } from "@mecha/spec";
import type { FacadeContext } from "../facade-context.js";
import { UnlockResponse_Status } from "../generated/dapr/proto/runtime/v1/lock.js";
import { lockMethods } from "../generated/methods/lock.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import { createHeldLock, type HeldLock } from "./held-lock.js";
import { runWithLock, type WithLockOptions } from "./with-lock.js";

/** How to take a lock. */
export interface TryLockOptions extends CallEnd {
  /** After how many whole seconds the lock ends by itself, if it is not released before; 1 or more. */
  readonly expirySeconds: number;
  /** Who takes it; whoever knows the name can release it. @defaultValue a random name */
  readonly owner?: string;
}

/**
 * How a release ended: `released`; `not-held`, because there is no such lock (any more); `held-by-another`, because another
 * owner has it.
 */
export type UnlockResult = "released" | "not-held" | "held-by-another";

/** A lock store (Dapr's lock building block). Its locks end by themselves after a time, which cannot be extended. */
export interface Lock {
  /**
   * Takes the lock of a resource (TryLockAlpha1); `undefined` if it is taken, also by the same owner. Does not wait.
   *
   * @throws MechaError `INVALID_ARGUMENT` for an empty resource, or an expiry that is not positive.
   */
  tryLock(resource: string, options: TryLockOptions): Promise<HeldLock | undefined>;
  /** Releases the lock of a resource for its owner (UnlockAlpha1). */
  unlock(resource: string, owner: string, options?: CallEnd): Promise<UnlockResult>;
  /**
   * Runs a function while it holds the lock of a resource, and releases the lock when the function has ended, in whichever way.
   *
   * The function gets a signal. It aborts when the lock can no longer be counted on: after nine tenths of its time, unless
   * `renew` is set and has worked; what the function does after that, others may do at the same time.
   *
   * @throws MechaError `ABORTED` if the lock could not be had in time, or was lost before the function had ended; whatever the
   * function throws.
   */
  withLock<T>(resource: string, run: (signal: AbortSignal) => Promise<T>, options: WithLockOptions): Promise<T>;
}

/** Makes the facade of one lock store. */
export function createLock({ transport }: FacadeContext, storeName: string): Lock {
  const locking = { operation: "lock.tryLock", component: storeName };
  const unlocking = { operation: "lock.unlock", component: storeName };

  const lock: Lock = {
    async tryLock(resource, { owner, expirySeconds, ...end }) {
      const lockOwner = owner ?? randomUUID();
      const request = { storeName, resourceId: resource, lockOwner, expiryInSeconds: checkedSeconds(expirySeconds) };
      const sentAt = performance.now();
      try {
        const { success } = await transport.unary(lockMethods.tryLockAlpha1, request, callOf(locking, end));
        if (!success) return undefined;
      } catch (thrown) {
        // Nobody knows whether the lock was taken. Under a random name only this call can have taken it, and nobody will release it.
        if (owner === undefined && isOutcomeUnknown(thrown)) releaseLater(resource, lockOwner);
        throw thrown;
      }
      return createHeldLock(lock, { resource, owner: lockOwner, validForMs: expirySeconds * 1000, sentAt });
    },
    async unlock(resource, owner, end) {
      const request = { storeName, resourceId: resource, lockOwner: owner };
      const { status } = await transport.unary(lockMethods.unlockAlpha1, request, callOf(unlocking, end));
      const result = results.get(status);
      if (result !== undefined) return result;
      throw new MechaError(
        "INTERNAL",
        `The lock of "${resource}" could not be released: the store "${storeName}" failed. It ends by itself when its time is over.`,
        { component: storeName, operation: unlocking.operation },
      );
    },
    withLock: (resource, run, options) => runWithLock({ lock, storeName, resource }, run, options),
  };

  function releaseLater(resource: string, owner: string): void {
    // If this fails too, the lock ends when its time is over; the caller has the error of the first call.
    lock.unlock(resource, owner, { timeoutMs: 5_000 }).catch(() => undefined);
  }
  return lock;
}

const results: ReadonlyMap<UnlockResponse_Status, UnlockResult> = new Map([
  [UnlockResponse_Status.SUCCESS, "released"],
  [UnlockResponse_Status.LOCK_DOES_NOT_EXIST, "not-held"],
  [UnlockResponse_Status.LOCK_BELONGS_TO_OTHERS, "held-by-another"],
]);

const codesOfUnknownOutcome: ReadonlySet<MechaErrorCode> = new Set(["CANCELLED", "DEADLINE_EXCEEDED", "UNAVAILABLE"]);

function isOutcomeUnknown(thrown: unknown): boolean {
  return MechaError.is(thrown) && codesOfUnknownOutcome.has(thrown.code);
}

function checkedSeconds(expirySeconds: number): number {
  if (Number.isInteger(expirySeconds) && expirySeconds >= 1 && expirySeconds < 2 ** 31) return expirySeconds;
  throw new MechaError(
    "INVALID_ARGUMENT",
    `expirySeconds is ${String(expirySeconds)}; pass a whole number of seconds, 1 or more`,
  );
}
