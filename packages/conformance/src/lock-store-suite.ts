import { randomUUID } from "node:crypto";
import type { LockStore } from "@mecha/spec";
import { eventually } from "./eventually.js";
import { suiteTitles } from "./suite-titles.js";
import type { TestFunctions } from "./test-functions.js";

/** What a lock store promises beyond the contract's core. */
export interface LockStoreSupports {
  /** A second store made by `create` is another client of the same backend; false for stores that keep locks to themselves. */
  readonly shared: boolean;
}

/**
 * Declares the tests that every lock store passes. Names are random, so the backend may be shared.
 *
 * @param test - vitest's functions
 * @param create - makes a store; called twice for `shared`, else once; the suite closes them
 * @param supports - what the store promises beyond the core of the contract
 */
export function lockStoreSuite(
  test: TestFunctions,
  create: () => Promise<LockStore>,
  supports: LockStoreSupports,
): void {
  const { describe, it, expect, beforeAll, afterAll } = test;

  describe(suiteTitles.lockStoreSuite, () => {
    let opened: LockStore | undefined;
    let second: LockStore | undefined;
    const store = (): LockStore => {
      if (opened === undefined) throw new Error("the store exists only while tests run");
      return opened;
    };
    const newLock = (owner = "a", expirySeconds = 60) => ({
      resource: `lock||conformance||${randomUUID()}`,
      owner,
      expirySeconds,
    });
    beforeAll(async () => {
      opened = await create();
      if (supports.shared) second = await create();
    });

    it("says what it talks to, and answers a ping if it has one", async () => {
      expect(store().backend).toMatch(/^\w+(:|$)/);
      await store().ping?.();
    });

    it("gives a lock once, also to the same owner, and other locks beside it", async () => {
      const wanted = newLock();
      expect(await store().tryLock(wanted)).toBe(true);
      expect(await store().tryLock({ ...wanted, owner: "b" })).toBe(false);
      expect(await store().tryLock(wanted)).toBe(false);
      expect(await store().tryLock(newLock())).toBe(true);
    });

    it("gives a lock that many want at once to one of them", async () => {
      const wanted = newLock();
      const owners = Array.from({ length: 20 }, (_, index) => `owner-${String(index)}`);
      const won = await Promise.all(owners.map((owner) => store().tryLock({ ...wanted, owner })));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await store().unlock({ ...wanted, owner: owners[won.indexOf(true)] ?? "" })).toBe("released");
    });

    it("releases a lock for its owner only, and says how it ended", async () => {
      const wanted = newLock();
      expect(await store().unlock(wanted)).toBe("not-held");
      await store().tryLock(wanted);
      expect(await store().unlock({ ...wanted, owner: "b" })).toBe("held-by-another");
      expect(await store().tryLock({ ...wanted, owner: "b" })).toBe(false);
      expect(await store().unlock(wanted)).toBe("released");
      expect(await store().unlock(wanted)).toBe("not-held");
      expect(await store().tryLock({ ...wanted, owner: "b" })).toBe(true);
    });

    it("takes names and owners with any characters", async () => {
      const wanted = { ...newLock("ownér 🔑 \n"), resource: `lock||${randomUUID()} 锁 {x}*` };
      expect(await store().tryLock(wanted)).toBe(true);
      expect(await store().unlock({ ...wanted, owner: "ownér 🔑" })).toBe("held-by-another");
      expect(await store().unlock(wanted)).toBe("released");
    });

    it("ends a lock when its time is over, and leaves its next owner alone", async () => {
      const wanted = newLock("a", 1);
      const begun = performance.now();
      expect(await store().tryLock(wanted)).toBe(true);
      const next = { ...wanted, owner: "b", expirySeconds: 60 };
      await eventually("the lock can be had", () => store().tryLock(next));
      expect(performance.now() - begun).toBeGreaterThan(900);
      expect(await store().unlock(wanted)).toBe("held-by-another");
      expect(await store().tryLock(wanted)).toBe(false);
    });

    if (supports.shared) {
      it("keeps the clients of one backend out of each other's locks", async () => {
        const wanted = newLock();
        expect(await second?.tryLock(wanted)).toBe(true);
        expect(await store().tryLock({ ...wanted, owner: "b" })).toBe(false);
        expect(await store().unlock({ ...wanted, owner: "b" })).toBe("held-by-another");
        expect(await store().unlock(wanted)).toBe("released");
        expect(await second?.unlock(wanted)).toBe("not-held");
      });
    }

    // Declared last, because tests run in order and this one ends the store.
    afterAll(async () => {
      await second?.close?.();
      await opened?.close?.();
      await opened?.close?.();
      if (opened === undefined) return;
      await expect(opened.tryLock(newLock())).rejects.toMatchObject({ code: "UNAVAILABLE" });
      await expect(opened.unlock(newLock())).rejects.toMatchObject({ code: "UNAVAILABLE" });
    });
  });
}
