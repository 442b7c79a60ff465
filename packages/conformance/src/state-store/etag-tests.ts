import { set, type StateStoreFixture } from "./state-store-fixture.js";

/** Optimistic concurrency: ETags and create-only. */
export function etagTests(fixture: StateStoreFixture): void {
  const { test, store, supports, newKey, save, read, readText, writeOne } = fixture;
  const { describe, it, expect } = test;
  const { foreignEtag, malformedEtag } = supports;
  const mismatch = { code: "ETAG_MISMATCH" };

  describe("ETags", () => {
    it("a value has an ETag, another one after each write, the same one until then", async () => {
      const key = newKey();
      const { etag } = await save(key, "same");
      expect(etag).not.toBe("");
      expect((await read(key))?.etag).toBe(etag);
      expect((await save(key, "same")).etag).not.toBe(etag);
    });

    it("a write with the current ETag succeeds", async () => {
      const key = newKey();
      const { etag } = await save(key, "1");
      await save(key, "2", { etag });
      expect(await readText(key)).toBe("2");
    });

    it("a write with a stale ETag is refused and changes nothing", async () => {
      const key = newKey();
      const { etag } = await save(key, "1");
      const current = await save(key, "2");
      expect(await writeOne(set(key, "3", { etag }))).toMatchObject(mismatch);
      expect(await read(key)).toEqual(current);
    });

    it("a write with an ETag to an absent key is refused", async () => {
      const key = newKey();
      expect(await writeOne(set(key, "1", { etag: foreignEtag }))).toMatchObject(mismatch);
      expect(await read(key)).toBeUndefined();
    });

    it("an empty ETag is none", async () => {
      const key = newKey();
      await save(key, "1", { etag: "" });
      await save(key, "2", { etag: "" });
      expect(await writeOne({ type: "delete", key, etag: "" })).toBeUndefined();
      expect(await read(key)).toBeUndefined();
    });

    it("a delete needs the current ETag if it names one", async () => {
      const key = newKey();
      const { etag } = await save(key, "1");
      expect(await writeOne({ type: "delete", key, etag: foreignEtag })).toMatchObject(mismatch);
      expect(await readText(key)).toBe("1");
      expect(await writeOne({ type: "delete", key, etag })).toBeUndefined();
      expect(await read(key)).toBeUndefined();
      expect(await writeOne({ type: "delete", key, etag })).toMatchObject(mismatch);
    });

    it("create-only succeeds once, without an ETag and with an empty one", async () => {
      const key = newKey();
      await save(key, "1", { firstWrite: true });
      expect(await writeOne(set(key, "2", { firstWrite: true }))).toMatchObject(mismatch);
      expect(await writeOne(set(key, "2", { firstWrite: true, etag: "" }))).toMatchObject(mismatch);
      expect(await readText(key)).toBe("1");
    });

    it("create-only is refused over a value that was written plainly, and possible after a delete", async () => {
      const key = newKey();
      await save(key, "1");
      expect(await writeOne(set(key, "2", { firstWrite: true }))).toMatchObject(mismatch);
      await writeOne({ type: "delete", key });
      await save(key, "3", { firstWrite: true });
    });

    it("first-write with an ETag needs that ETag; a plain write goes over it", async () => {
      const key = newKey();
      const { etag } = await save(key, "1", { firstWrite: true });
      await save(key, "2", { firstWrite: true, etag });
      expect(await writeOne(set(key, "3", { firstWrite: true, etag }))).toMatchObject(mismatch);
      await save(key, "4");
      expect(await readText(key)).toBe("4");
    });

    it("of many create-only writes at once exactly one succeeds", async () => {
      const key = newKey();
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) => writeOne(set(key, String(index), { firstWrite: true }))),
      );
      expect(results.filter((result) => result === undefined)).toHaveLength(1);
    });

    it("counting by compare-and-swap loses nothing", async () => {
      const key = newKey();
      await save(key, "0");
      const increment = async (): Promise<void> => {
        // Ten at once need ten rounds; a store that always refuses must not hang the test.
        for (let attempt = 0; attempt < 100; attempt++) {
          const record = await read(key);
          const next = String(Number(new TextDecoder().decode(record?.value)) + 1);
          if ((await writeOne(set(key, next, { etag: record?.etag ?? "" }))) === undefined) return;
        }
        throw new Error("never got through");
      };
      await Promise.all(Array.from({ length: 10 }, increment));
      expect(await readText(key)).toBe("10");
    });

    if (malformedEtag === undefined) {
      it("an ETag of any form is compared, never refused as malformed", async () => {
        const key = newKey();
        await save(key, "1");
        expect(await writeOne(set(key, "2", { etag: "no-etag-of-yours!" }))).toMatchObject(mismatch);
      });
    } else {
      it("a malformed ETag is another error than a mismatch", async () => {
        const key = newKey();
        await save(key, "1");
        expect(await writeOne(set(key, "2", { etag: malformedEtag }))).toMatchObject({ code: "ETAG_INVALID" });
        // daprd's state.redis takes it for one that does not match.
        const removed = await writeOne({ type: "delete", key, etag: malformedEtag });
        expect(["ETAG_INVALID", "ETAG_MISMATCH"]).toContain(removed?.code);
        expect(await readText(key)).toBe("1");
        const transaction = store().write([set(key, "2", { etag: malformedEtag })], { atomic: true });
        await expect(transaction).rejects.toMatchObject({ code: "ETAG_INVALID" });
        expect(await readText(key)).toBe("1");
      });
    }

    if (supports.etagsNeverRepeat) {
      it("an ETag stays stale when its key is removed and written again", async () => {
        const key = newKey();
        const { etag } = await save(key, "1");
        await writeOne({ type: "delete", key });
        await save(key, "1");
        expect(await writeOne(set(key, "2", { etag }))).toMatchObject(mismatch);
      });
    }
  });
}
