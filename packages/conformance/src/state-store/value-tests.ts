import { bytes, set, type StateStoreFixture } from "./state-store-fixture.js";

/** Values go in and come out as they are, one or many. */
export function valueTests(fixture: StateStoreFixture): void {
  const { test, newKey, save, read, readText, writeOne } = fixture;
  const { describe, it, expect } = test;

  describe("values", () => {
    it("an absent key reads as undefined", async () => {
      expect(await read(newKey())).toBeUndefined();
    });

    const documents = ['{"a":1,"z":[null]}', "[1,2]", '"text"', "42", "-1.5e3", "true", "null", "", "ünïcödé 漢字 🚀"];
    for (const metadata of [{}, { contentType: "application/json" }]) {
      const kind = "contentType" in metadata ? "declared as JSON" : "without a content type";
      for (const document of documents) {
        it(`${JSON.stringify(document)} ${kind} comes back as written`, async () => {
          const key = newKey();
          await save(key, document, { metadata });
          expect(await readText(key)).toBe(document);
        });
      }
    }

    it("all byte values come back as written, also when declared as JSON", async () => {
      const value = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
      for (const metadata of [{}, { contentType: "application/json" }]) {
        const { value: stored } = await save(newKey(), value, { metadata });
        expect(Buffer.from(stored).equals(value)).toBe(true);
      }
    });

    it("a value of a megabyte comes back as written", async () => {
      const value = new Uint8Array(1 << 20).fill(7);
      const { value: stored } = await save(newKey(), value);
      expect(Buffer.from(stored).equals(value)).toBe(true);
    });

    it("a write replaces the value", async () => {
      const key = newKey();
      await save(key, "first");
      await save(key, "second");
      expect(await readText(key)).toBe("second");
    });

    it("a store that takes values at once leaves them alone afterwards", async () => {
      const [key, given] = [newKey(), bytes("same")];
      const writing = fixture.store().write([{ ...set(key, ""), value: given }], { atomic: false });
      if (fixture.store().takesValuesAtOnce === true) given.fill(0);
      await writing;
      expect(await readText(key)).toBe("same");
    });

    it("bytes are copied in and out", async () => {
      const key = newKey();
      const given = bytes("same");
      const first = await save(key, given);
      given.fill(0);
      first.value.fill(0);
      expect(await readText(key)).toBe("same");
    });

    it("keys with blanks, quotes, wildcards and any script are separate", async () => {
      const base = newKey();
      const keys = ["", " ", "'", '"', "%", "_", "*", "ключ", "鍵", "\n", ":1", "a".repeat(400)].map(
        (end) => base + end,
      );
      for (const key of keys) await save(key, `value of ${key}`);
      for (const key of keys) expect(await readText(key)).toBe(`value of ${key}`);
    });

    it("a deleted key is absent, and deleting an absent key succeeds", async () => {
      const key = newKey();
      await save(key, "soon gone");
      expect(await writeOne({ type: "delete", key })).toBeUndefined();
      expect(await read(key)).toBeUndefined();
      expect(await writeOne({ type: "delete", key })).toBeUndefined();
    });

    it("an empty key is refused", async () => {
      await expect(fixture.store().write([set("", "x")], { atomic: false })).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
      });
    });

    it("a call whose signal is aborted is cancelled and writes nothing", async () => {
      const key = newKey();
      const signal = AbortSignal.abort();
      await expect(fixture.store().write([set(key, "x")], { atomic: false, signal })).rejects.toMatchObject({
        code: "CANCELLED",
      });
      await expect(fixture.store().get([key], { signal })).rejects.toMatchObject({ code: "CANCELLED" });
      expect(await read(key)).toBeUndefined();
    });
  });
}
