import { lockStoreSuite } from "@mecha/conformance";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./memory.js";

test.describe("lock.in-memory", () => {
  lockStoreSuite(test, () => component.create(testContext("lock.in-memory", {})), { shared: false });
});

test.it("forgets locks that have ended, so that it does not grow for ever", async () => {
  const { vi, expect } = test;
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    const store = await component.create(testContext("lock.in-memory", {}));
    const lock = (index: number) => ({ resource: `r${String(index)}`, owner: "a", expirySeconds: 1 });
    for (let index = 0; index < 1_000; index++) await store.tryLock(lock(index));
    vi.advanceTimersByTime(2_000);
    // What was forgotten cannot be told from what ended; a lock that is held must not be forgotten.
    await store.tryLock({ ...lock(0), expirySeconds: 60 });
    for (let index = 1_000; index < 3_000; index++) await store.tryLock(lock(index));
    expect(await store.tryLock(lock(0))).toBe(false);
    expect(await store.tryLock(lock(1))).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
