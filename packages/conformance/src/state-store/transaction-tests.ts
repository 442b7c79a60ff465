import { set, type StateStoreFixture } from "./state-store-fixture.js";

/** All operations in order, or none. */
export function transactionTests(fixture: StateStoreFixture): void {
  const { test, store, supports, newKey, save, read, readText, transactionCode } = fixture;
  const { describe, it, expect } = test;
  const { foreignEtag } = supports;

  describe("transactions", () => {
    it("sets and deletes take effect together", async () => {
      const [created, removed] = [newKey(), newKey()];
      await save(removed, "old");
      expect(await store().write([set(created, "new"), { type: "delete", key: removed }], { atomic: true })).toEqual([
        undefined,
        undefined,
      ]);
      expect(await readText(created)).toBe("new");
      expect(await read(removed)).toBeUndefined();
    });

    it("operations on one key take effect in order", async () => {
      const key = newKey();
      expect(await transactionCode([set(key, "1"), { type: "delete", key }, set(key, "2")])).toBeUndefined();
      expect(await readText(key)).toBe("2");
      expect(await transactionCode([set(key, "3"), { type: "delete", key }])).toBeUndefined();
      expect(await read(key)).toBeUndefined();
    });

    it("a wrong ETag anywhere rejects and leaves every key as it was", async () => {
      const [created, changed, removed, conflicting] = [newKey(), newKey(), newKey(), newKey()];
      const before = [await save(changed, "c"), await save(removed, "r"), await save(conflicting, "x")];
      const harmless = [set(created, "new"), set(changed, "other"), { type: "delete", key: removed } as const];
      const wrongs = [
        set(conflicting, "lost", { etag: foreignEtag }),
        { type: "delete", key: conflicting, etag: foreignEtag } as const,
        set(conflicting, "lost", { firstWrite: true }),
      ];
      for (const wrong of wrongs) {
        for (const operations of [
          [...harmless, wrong],
          [wrong, ...harmless],
        ]) {
          expect(await transactionCode(operations)).toBe("ETAG_MISMATCH");
          expect(await read(created)).toBeUndefined();
          expect(await store().get([changed, removed, conflicting])).toEqual(before);
        }
      }
    });

    it("right ETags and create-only let it pass", async () => {
      const [changed, removed, created] = [newKey(), newKey(), newKey()];
      const [{ etag: changedEtag }, { etag: removedEtag }] = [await save(changed, "c"), await save(removed, "r")];
      const code = await transactionCode([
        set(changed, "d", { etag: changedEtag }),
        { type: "delete", key: removed, etag: removedEtag },
        set(created, "n", { firstWrite: true }),
      ]);
      expect(code).toBeUndefined();
      expect([await readText(changed), await readText(removed), await readText(created)]).toEqual([
        "d",
        undefined,
        "n",
      ]);
    });

    it("an operation sees what the ones before it did", async () => {
      const key = newKey();
      const { etag } = await save(key, "1");
      expect(await transactionCode([{ type: "delete", key }, set(key, "2", { firstWrite: true })])).toBeUndefined();
      expect(await readText(key)).toBe("2");
      const current = await read(key);
      expect(await transactionCode([{ type: "delete", key }, set(key, "3", { etag })])).toBe("ETAG_MISMATCH");
      expect(await transactionCode([set(newKey(), "n"), set(key, "3"), set(key, "4", { firstWrite: true })])).toBe(
        "ETAG_MISMATCH",
      );
      expect(await read(key)).toEqual(current);
    });

    it("of transactions on one ETag at once exactly one succeeds, wholly", async () => {
      const [key, side] = [newKey(), newKey()];
      const { etag } = await save(key, "0");
      const codes = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          transactionCode([set(side, String(index)), set(key, String(index), { etag })]),
        ),
      );
      expect(codes.filter((code) => code === undefined)).toHaveLength(1);
      expect(await readText(key)).toBe(await readText(side));
    });

    it("an error names the key", async () => {
      const key = newKey();
      await expect(store().write([set(key, "1", { etag: foreignEtag })], { atomic: true })).rejects.toThrow(key);
    });
  });
}
