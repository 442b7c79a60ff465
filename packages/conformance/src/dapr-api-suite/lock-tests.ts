import type { Lock } from "@mecha/sdk-core";
import { daprMethods } from "@mecha/sdk-core/protocol";
import { eventually } from "../eventually.js";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";

/** Locks: one owner at a time, released by that owner or by time. */
export function lockTests({ test: { expect }, block }: DaprApiFixture): void {
  block("lock", (it) => {
    it("gives a lock to one owner, and refuses it to all others and to the same again", async (store, { mecha }) => {
      const [resource, lock] = [uniqueName("resource"), mecha.lock(store)];
      const held = await lock.tryLock(resource, { owner: "a", expirySeconds: 60 });
      expect(held).toMatchObject({ resource, owner: "a" });
      expect(held?.remainingMs()).toBeGreaterThan(30_000);
      expect(await lock.tryLock(resource, { owner: "b", expirySeconds: 60 })).toBeUndefined();
      expect(await lock.tryLock(resource, { owner: "a", expirySeconds: 60 })).toBeUndefined();
      expect(await lock.tryLock(uniqueName("other"), { owner: "b", expirySeconds: 1 })).toBeDefined();
    });

    it("releases a lock for its owner, after which others get it", async (store, { mecha }) => {
      const [resource, lock] = [uniqueName("resource"), mecha.lock(store)];
      const held = await lock.tryLock(resource, { expirySeconds: 60 });
      expect(await held?.release()).toBe("released");
      expect(await lock.tryLock(resource, { owner: "b", expirySeconds: 60 })).toBeDefined();
      expect(await lock.unlock(resource, "b")).toBe("released");
    });

    it("tells a lock that is not there from one of another owner", async (store, { mecha }) => {
      const [resource, lock] = [uniqueName("resource"), mecha.lock(store)];
      expect(await lock.unlock(resource, "a")).toBe("not-held");
      await lock.tryLock(resource, { owner: "a", expirySeconds: 60 });
      expect(await lock.unlock(resource, "b")).toBe("held-by-another");
      expect(await lock.tryLock(resource, { owner: "c", expirySeconds: 60 })).toBeUndefined();
      expect(await lock.unlock(resource, "a")).toBe("released");
    });

    it("gives a lock again when its time is over", async (store, { mecha }) => {
      const [resource, lock] = [uniqueName("resource"), mecha.lock(store)];
      const first = await lock.tryLock(resource, { owner: "a", expirySeconds: 1 });
      await eventually("the lock can be had", async () => {
        return (await lock.tryLock(resource, { owner: "b", expirySeconds: 60 })) !== undefined;
      });
      expect(first?.remainingMs()).toBe(0);
      expect(await lock.unlock(resource, "a")).toBe("held-by-another");
    });

    it("refuses an empty resource or owner, a time that is none, and a store that is not there", async (store, {
      mecha,
      transport,
    }) => {
      const request = { storeName: store, resourceId: "r", lockOwner: "o", expiryInSeconds: 1 };
      const outcomes = await Promise.all([
        failureOf(transport.unary(daprMethods.tryLockAlpha1, { ...request, resourceId: "" })),
        failureOf(transport.unary(daprMethods.tryLockAlpha1, { ...request, lockOwner: "" })),
        failureOf(transport.unary(daprMethods.tryLockAlpha1, { ...request, expiryInSeconds: 0 })),
        failureOf(mecha.lock(uniqueName("store")).tryLock("r", { expirySeconds: 1 })),
        failureOf(mecha.lock(uniqueName("store")).unlock("r", "o")),
        failureOf(mecha.lock(store).unlock("", "o")),
        failureOf(mecha.lock(store).tryLock("a||b", { expirySeconds: 1 })),
        failureOf(mecha.lock(store).unlock("a||b", "o")),
      ]);
      expect(outcomes.map(({ grpcStatus, message }) => `${String(grpcStatus)} ${message}`)).toEqual([
        `3 ResourceId is empty in lock store ${store}`,
        `3 LockOwner is empty in lock store ${store}`,
        `3 ExpiryInSeconds is not positive in lock store ${store}`,
        expect.stringMatching(/^3 lock store .* not found$/),
        expect.stringMatching(/^3 lock store .* not found$/),
        `3 ResourceId is empty in lock store ${store}`,
        expect.stringMatching(/^13 failed to try acquiring lock: /),
        expect.stringMatching(/^13 failed to release lock: /),
      ]);
    });

    it("lets many run one after another under a lock, and never two at once", async (store, { mecha }) => {
      const [resource, lock] = [uniqueName("resource"), mecha.lock(store)];
      let [inside, most, runs] = [0, 0, 0];
      const run = async (): Promise<void> => {
        most = Math.max(most, ++inside);
        // Another call gives the others the chance to be wrong.
        await lock.unlock(uniqueName("nothing"), "nobody");
        runs++;
        inside--;
      };
      await Promise.all(Array.from({ length: 5 }, () => lock.withLock(resource, run, { expirySeconds: 30 })));
      expect([most, runs]).toEqual([1, 5]);
    });

    it("renews a lock for as long as a function runs, against all who want it", async (store, { mecha }) => {
      for (let attempt = 1; ; attempt++) {
        const turns = new Turns();
        try {
          await holdAgainstAll(mecha.lock(store), turns);
          return;
        } catch (error) {
          turns.count();
          // Who gets no turn for so long, on a machine that is busy, rightly loses so short a lock.
          if (attempt === 20 || turns.longestPauseMs < 250) throw error;
        }
      }
    });
  });

  /** Holds a lock for more than twice its time, while others try to get it. */
  async function holdAgainstAll(lock: Lock, turns: Turns): Promise<void> {
    const resource = uniqueName("resource");
    const options = { expirySeconds: 1, renew: true, waitMs: 30_000 };
    const order: string[] = [];
    let running: (() => void) | undefined;
    const hasBegun = new Promise<void>((resolve) => (running = resolve));
    const first = lock.withLock(
      resource,
      async (signal) => {
        running?.();
        const until = performance.now() + 2_500;
        while (performance.now() < until) {
          const refused = lock.withLock(resource, () => Promise.resolve(), { ...options, waitMs: 0 });
          const failure = await failureOf(refused).finally(() => {
            turns.count();
          });
          expect(failure.code).toBe("ABORTED");
          // In one process all of this may be done without timers ever getting a turn.
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect(signal.aborted).toBe(false);
        order.push("first");
      },
      options,
    );
    // Where it fails before it has begun.
    await Promise.race([hasBegun, first]);
    await Promise.all([first, lock.withLock(resource, () => Promise.resolve(order.push("second")), options)]);
    expect(order).toEqual(["first", "second"]);
  }
}

/** Notes how long something that is done again and again was kept from it. */
class Turns {
  longestPauseMs = 0;
  #lastMs = performance.now();

  count(): void {
    const nowMs = performance.now();
    this.longestPauseMs = Math.max(this.longestPauseMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }
}
