import type { LockStore, UnlockOutcome } from "@mecha/spec";
import { MechaError } from "@mecha/spec";
import { expect, it } from "vitest";
import { collectSuite } from "./collect-suite.js";
import { lockStoreSuite } from "./lock-store-suite.js";

/** What may be wrong with the store below. */
type Defect = "gives twice" | "anyone releases" | "says released" | "never ends" | "cuts owners" | "";

/** A store of locks in memory, with one defect. */
function lockStore(defect: Defect): LockStore {
  const locks = new Map<string, { readonly owner: string; readonly endsAtMs: number }>();
  let isClosed = false;
  const refuseClosed = (): void => {
    if (isClosed) throw new MechaError("UNAVAILABLE", "closed");
  };
  const holderOf = (resource: string) => {
    const held = locks.get(resource);
    return held === undefined || defect === "never ends" || held.endsAtMs > performance.now() ? held : undefined;
  };
  const named = (owner: string): string => (defect === "cuts owners" ? owner.trim() : owner);
  return {
    backend: "memory",
    async tryLock({ resource, owner, expirySeconds }) {
      refuseClosed();
      const held = holderOf(resource);
      if (held !== undefined && !(defect === "gives twice" && held.owner === owner)) return false;
      locks.set(resource, { owner: named(owner), endsAtMs: performance.now() + expirySeconds * 1_000 });
      return true;
    },
    async unlock({ resource, owner }): Promise<UnlockOutcome> {
      refuseClosed();
      const held = holderOf(resource);
      if (held === undefined) return defect === "says released" ? "released" : "not-held";
      if (held.owner !== named(owner) && defect !== "anyone releases") return "held-by-another";
      locks.delete(resource);
      return "released";
    },
    async close() {
      isClosed = true;
    },
  };
}

async function failuresWith(defect: Defect): Promise<readonly string[]> {
  const suite = collectSuite(expect, (test) =>
    lockStoreSuite(test, () => Promise.resolve(lockStore(defect)), { shared: false }),
  );
  await suite.open();
  const failures: string[] = [];
  for (const { title, run } of suite.tests) if ((await run(3_000)) !== undefined) failures.push(title);
  await suite.close();
  return failures;
}

it("passes a store without a defect", async () => {
  expect(await failuresWith("")).toEqual([]);
});

it.each([
  ["gives twice", "gives a lock once"],
  ["anyone releases", "for its owner only"],
  ["says released", "says how it ended"],
  ["never ends", "when its time is over"],
  ["cuts owners", "any characters"],
] as const)("notices a store that %s", async (defect, title) => {
  expect(await failuresWith(defect)).toEqual(expect.arrayContaining([expect.stringContaining(title)]));
});
