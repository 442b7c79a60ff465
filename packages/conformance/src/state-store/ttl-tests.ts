import { set, type StateStoreFixture } from "./state-store-fixture.js";

/** Values that expire. */
export function ttlTests({ test, store, newKey, save, read, readText, writeOne }: StateStoreFixture): void {
  const { describe, it, expect } = test;
  const untilGone = { timeout: 5_000, interval: 20 };

  describe("TTL", () => {
    it("a value says when it expires, and only if it does", async () => {
      const before = Date.now();
      const { expiresAtMs = 0 } = await save(newKey(), "x", { ttlSeconds: 100 });
      // Stores may keep whole seconds only.
      expect(expiresAtMs).toBeGreaterThan(before + 98_900);
      expect(expiresAtMs).toBeLessThan(Date.now() + 101_100);
      expect(await save(newKey(), "x")).not.toHaveProperty("expiresAtMs");
    });

    it("an expired value is gone for reads, ETags and create-only, one or many", async () => {
      const [one, two, kept] = [newKey(), newKey(), newKey()];
      const results = await store().write(
        [set(one, "1", { ttlSeconds: 1 }), set(two, "2", { ttlSeconds: 1 }), set(kept, "3", { ttlSeconds: 1_000 })],
        { atomic: false },
      );
      expect(results).toEqual([undefined, undefined, undefined]);
      const etag = (await read(one))?.etag ?? "";
      expect(etag).not.toBe("");
      await expect
        .poll(async () => (await store().get([one, two, kept])).map(Boolean), untilGone)
        .toEqual([false, false, true]);
      expect(await writeOne(set(one, "late", { etag }))).toMatchObject({ code: "ETAG_MISMATCH" });
      expect(await writeOne({ type: "delete", key: one, etag })).toMatchObject({ code: "ETAG_MISMATCH" });
      await save(two, "new", { firstWrite: true });
      expect(await readText(two)).toBe("new");
    });

    it("a write without a TTL takes the expiry away", async () => {
      const key = newKey();
      await save(key, "1", { ttlSeconds: 100 });
      expect(await save(key, "2")).not.toHaveProperty("expiresAtMs");
    });

    it("a write with a TTL moves the expiry", async () => {
      const key = newKey();
      const first = await save(key, "1", { ttlSeconds: 1 });
      const second = await save(key, "2", { ttlSeconds: 1_000 });
      expect((second.expiresAtMs ?? 0) - (first.expiresAtMs ?? 0)).toBeGreaterThan(900_000);
    });

    it("a transaction keeps TTLs", async () => {
      const key = newKey();
      await store().write([set(key, "1", { ttlSeconds: 100 })], { atomic: true });
      expect((await read(key))?.expiresAtMs).toBeGreaterThan(Date.now() + 90_000);
    });

    for (const ttlSeconds of [0, -5, Number.NaN]) {
      it(`a TTL of ${String(ttlSeconds)} is refused`, async () => {
        const key = newKey();
        for (const atomic of [true, false]) {
          await expect(store().write([set(key, "x", { ttlSeconds })], { atomic })).rejects.toMatchObject({
            code: "INVALID_ARGUMENT",
          });
        }
        expect(await read(key)).toBeUndefined();
      });
    }
  });
}
