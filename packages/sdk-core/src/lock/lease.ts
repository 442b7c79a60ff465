import { setTimeout as delay } from "node:timers/promises";
import type { HeldLock } from "./held-lock.js";
import type { LockTarget, WithLockOptions } from "./with-lock.js";

/** The right to run under a lock, however many locks that takes. */
export interface Lease {
  /** How long it can still be counted on, in milliseconds. */
  remainingMs(): number;
  /** What kept it from being renewed, if anything did. */
  readonly failure: unknown;
  /** Gives it back; says whether it was held until now. */
  release(): Promise<boolean>;
}

/** What is put after the name of a resource for its second lock. */
const renewalSuffix = ":renewal";

/** Takes a lease; `undefined` if somebody else has it, or a part of it. */
export async function takeLease(
  { lock, resource }: LockTarget,
  { expirySeconds, renew = false, signal }: WithLockOptions,
): Promise<Lease | undefined> {
  const take = (name: string, end?: AbortSignal): Promise<HeldLock | undefined> =>
    lock.tryLock(name, { expirySeconds, ...(end && { signal: end }) });
  const own = await take(resource, signal);
  if (own === undefined || !renew) return own && singleLease(own);
  let second: HeldLock | undefined;
  try {
    second = await take(resource + renewalSuffix, signal);
  } finally {
    if (second === undefined) await releaseAll([own]);
  }
  return second && renewedLease([own, second], { take, everyMs: (expirySeconds * 1000) / 3 });
}

function singleLease(held: HeldLock): Lease {
  return { remainingMs: () => held.remainingMs(), failure: undefined, release: () => releaseAll([held]) };
}

/**
 * A lease of two locks, of which one is released and taken again every third of their time: whoever wants the lease needs
 * both at once, so nobody can have it as long as one is held.
 */
function renewedLease(
  locks: readonly [HeldLock, HeldLock],
  { take, everyMs }: { readonly take: (name: string) => Promise<HeldLock | undefined>; readonly everyMs: number },
): Lease {
  let [older, newer]: [HeldLock | undefined, HeldLock] = [...locks];
  let leaving: HeldLock | undefined;
  let failure: unknown;
  const stopping = new AbortController();
  const pause = (milliseconds: number): Promise<unknown> =>
    delay(milliseconds, undefined, { signal: stopping.signal }).catch(() => undefined);

  async function takeAgain(old: HeldLock): Promise<HeldLock | undefined> {
    [leaving, older] = [old, undefined];
    while (!stopping.signal.aborted && newer.remainingMs() > 0) {
      try {
        await old.release();
        leaving = undefined;
        const fresh = await take(old.resource);
        if (fresh !== undefined) return fresh;
      } catch (thrown) {
        failure = thrown;
      }
      // Somebody who wants the lease has this lock for a moment, until the other one is refused.
      await pause(10 + Math.random() * 40);
    }
    return undefined;
  }

  async function renew(): Promise<void> {
    for (;;) {
      await pause(everyMs);
      if (stopping.signal.aborted || older === undefined) return;
      const fresh = await takeAgain(older);
      if (fresh === undefined) return;
      [older, newer, failure] = [newer, fresh, undefined];
    }
  }

  const renewing = renew();
  return {
    remainingMs: () => newer.remainingMs(),
    get failure() {
      return failure;
    },
    async release() {
      stopping.abort();
      await renewing;
      if (leaving !== undefined) await releaseAll([leaving]);
      return releaseAll(older === undefined ? [newer] : [older, newer]);
    },
  };
}

/** Releases locks; says whether one of them was held until now. */
async function releaseAll(locks: readonly HeldLock[]): Promise<boolean> {
  const outcomes = await Promise.all(
    locks.map(async (held) => {
      const remainingMs = held.remainingMs();
      try {
        return (await held.release()) === "released";
      } catch {
        // It ends when its time is over. What ran under it had it until now, if the time was not over yet.
        return remainingMs > 0;
      }
    }),
  );
  return outcomes.includes(true);
}
