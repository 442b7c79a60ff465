import type { StateStore } from "@mecha/spec";
import { bulkTests } from "./state-store/bulk-tests.js";
import { etagTests } from "./state-store/etag-tests.js";
import { queryTests } from "./state-store/query-tests.js";
import { createFixture } from "./state-store/state-store-fixture.js";
import type { StateStoreSupports } from "./state-store/state-store-supports.js";
import { transactionTests } from "./state-store/transaction-tests.js";
import { ttlTests } from "./state-store/ttl-tests.js";
import { valueTests } from "./state-store/value-tests.js";
import { suiteTitles } from "./suite-titles.js";
import type { TestFunctions } from "./test-functions.js";

export type { StateStoreSupports } from "./state-store/state-store-supports.js";

/**
 * Declares the tests that every state store passes. Keys are random, so the backend may be shared.
 *
 * @param test - vitest's functions
 * @param create - makes the store, once; the suite closes it
 * @param supports - what the store promises beyond the core of the contract
 */
export function stateStoreSuite(
  test: TestFunctions,
  create: () => Promise<StateStore>,
  supports: StateStoreSupports,
): void {
  const { describe, it, expect, beforeAll, afterAll } = test;

  describe(suiteTitles.stateStoreSuite, () => {
    let store: StateStore | undefined;
    const fixture = createFixture(test, supports, () => {
      if (store === undefined) throw new Error("the store exists only while tests run");
      return store;
    });
    beforeAll(async () => {
      store = await create();
    });

    it("advertises exactly what it supports", () => {
      expect([...fixture.store().features].sort()).toEqual([...supports.features].sort());
      expect(fixture.store().features).toContain("ETAG");
      expect(fixture.store().query !== undefined).toBe(supports.features.includes("QUERY_API"));
      expect(fixture.store().openSession !== undefined).toBe(supports.nativeProtocol !== undefined);
    });

    it("says what it talks to, and answers a ping if it has one", async () => {
      expect(fixture.store().backend).toMatch(/^\w+(:|$)/);
      await fixture.store().ping?.();
    });

    valueTests(fixture);
    bulkTests(fixture);
    etagTests(fixture);
    if (supports.features.includes("TTL")) ttlTests(fixture);
    if (supports.features.includes("TRANSACTIONAL")) transactionTests(fixture);
    if (supports.features.includes("QUERY_API")) queryTests(fixture);

    // Declared last, because tests run in order and this one ends the store.
    afterAll(async () => {
      await store?.close?.();
      await store?.close?.();
      if (store !== undefined) {
        await expect(store.get([fixture.newKey()])).rejects.toMatchObject({ code: "UNAVAILABLE" });
      }
    });
  });
}
