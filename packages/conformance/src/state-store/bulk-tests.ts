import { set, type StateStoreFixture } from "./state-store-fixture.js";

/** Many keys in one call, each with its own result. */
export function bulkTests({ test, store, supports, newKey, save, readText }: StateStoreFixture): void {
  const { describe, it, expect } = test;

  describe("bulk", () => {
    it("nothing asked, nothing answered", async () => {
      expect(await store().get([])).toEqual([]);
      expect(await store().write([], { atomic: false })).toEqual([]);
      expect(await store().write([], { atomic: true })).toEqual([]);
    });

    it("reads come in the order of the keys, absent and repeated ones included", async () => {
      const [first, absent, second] = [newKey(), newKey(), newKey()];
      await save(first, "1");
      await save(second, "2");
      const records = await store().get([second, absent, first, second]);
      const texts = records.map((record) => record && new TextDecoder().decode(record.value));
      expect(texts).toEqual(["2", undefined, "1", "2"]);
    });

    it("writes and reads a thousand keys in one call", async () => {
      const keys = Array.from({ length: 1_000 }, newKey);
      const results = await store().write(
        keys.map((key, index) => set(key, String(index))),
        { atomic: false },
      );
      expect(results).toEqual(keys.map(() => undefined));
      const records = await store().get(keys);
      expect(records.map((record) => Number(new TextDecoder().decode(record?.value)))).toEqual([...keys.keys()]);
    });

    it("an operation that fails names its key and leaves the others alone", async () => {
      const [before, conflicting, after] = [newKey(), newKey(), newKey()];
      await save(conflicting, "kept");
      const results = await store().write(
        [set(before, "b"), set(conflicting, "lost", { etag: supports.foreignEtag }), set(after, "a")],
        { atomic: false },
      );
      expect(results[0]).toBeUndefined();
      expect(results[1]).toMatchObject({ code: "ETAG_MISMATCH" });
      expect(results[1]?.message).toContain(conflicting);
      expect(results[2]).toBeUndefined();
      expect([await readText(before), await readText(conflicting), await readText(after)]).toEqual(["b", "kept", "a"]);
    });

    it("operations on one key take effect in order", async () => {
      const key = newKey();
      await store().write([set(key, "1"), { type: "delete", key }, set(key, "2"), set(key, "3")], { atomic: false });
      expect(await readText(key)).toBe("3");
    });

    it("calls made in one tick take effect in the order of the calls", async () => {
      const key = newKey();
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => store().write([set(key, String(index))], { atomic: index % 2 === 0 })),
      );
      expect(await readText(key)).toBe("49");
    });
  });
}
