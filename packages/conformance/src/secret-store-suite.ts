import type { SecretStore } from "@mecha/spec";
import { suiteTitles } from "./suite-titles.js";
import type { TestFunctions } from "./test-functions.js";

/** What the store under test has to hold: secrets of one value each, under their own names. */
export const suiteSecrets: Readonly<Record<string, string>> = {
  SUITE_PLAIN: "open sesame",
  SUITE_TEXT: '  lines\nand "quotes", 秘密 🔑 ',
  SUITE_NUMBER: "42",
};

/** What a secret store can do beyond the contract's core; what is missing is not tested. */
export interface SecretStoreSupports {
  /** It can read all its secrets at once. */
  readonly listing: boolean;
}

/**
 * Declares the tests that every secret store passes.
 *
 * @param test - vitest's functions
 * @param create - makes a store that holds {@link suiteSecrets}, perhaps among others; the suite closes it
 * @param supports - what the store promises beyond the core of the contract
 */
export function secretStoreSuite(
  test: TestFunctions,
  create: () => Promise<SecretStore>,
  supports: SecretStoreSupports,
): void {
  const { describe, it, expect, beforeAll, afterAll } = test;

  describe(suiteTitles.secretStoreSuite, () => {
    let opened: SecretStore | undefined;
    const store = (): SecretStore => {
      if (opened === undefined) throw new Error("the store exists only while tests run");
      return opened;
    };
    beforeAll(async () => {
      opened = await create();
    });

    it("reads each secret, with all its characters", async () => {
      for (const [name, value] of Object.entries(suiteSecrets)) {
        expect(await store().get(name)).toEqual({ [name]: value });
      }
    });

    it("knows no secret of another name, nor of one that every object has", async () => {
      for (const name of ["SUITE_NONE", "suite_plain ", "constructor", "toString", "__proto__", ""]) {
        expect(await store().get(name), name).toBeUndefined();
      }
    });

    it("says what it talks to, and no secret with it", async () => {
      expect(store().backend).toMatch(/^\w+(:|$)/);
      for (const value of Object.values(suiteSecrets)) expect(store().backend).not.toContain(value);
      await store().ping?.();
    });

    it("lists all its secrets, if it can", async () => {
      expect(store().getAll !== undefined).toBe(supports.listing);
      const all = await store().getAll?.();
      for (const [name, value] of Object.entries(supports.listing ? suiteSecrets : {})) {
        expect(all?.get(name)).toEqual({ [name]: value });
      }
    });

    // Declared last, because tests run in order and this one ends the store.
    afterAll(async () => {
      await opened?.close?.();
      await opened?.close?.();
    });
  });
}
