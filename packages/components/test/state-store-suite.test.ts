import { type StateStoreSupports, stateStoreSuite, type TestFunctions } from "@mecha/conformance";
import type { StateOperation, StateRecord, StateStore } from "@mecha/spec";
import * as test from "vitest";
import { component } from "../src/state/memory.js";
import { testContext } from "./test-context.js";

const { describe, expect, it } = test;

const supports: StateStoreSupports = {
  features: ["ETAG", "TRANSACTIONAL", "TTL", "QUERY_API"],
  foreignEtag: "987654321",
  etagsNeverRepeat: true,
};

function createMemory(): Promise<StateStore> {
  return component.create(testContext("state.in-memory", {}));
}

/** Runs the suite aside and tells the titles of the tests that failed. */
async function failuresOf(create: () => Promise<StateStore>, expected = supports): Promise<readonly string[]> {
  const cases: { readonly title: string; readonly body: () => Promise<void> | void }[] = [];
  const before: (() => Promise<void> | void)[] = [];
  const after: (() => Promise<void> | void)[] = [];
  const collector: TestFunctions = {
    describe: (_title, body) => {
      body();
    },
    it: (title, body) => cases.push({ title, body }),
    beforeAll: (body) => before.push(body),
    afterAll: (body) => after.push(body),
    expect,
  };
  stateStoreSuite(collector, create, expected);
  const failures: string[] = [];
  const attempt = async (title: string, body: () => Promise<void> | void): Promise<void> => {
    try {
      await body();
    } catch {
      failures.push(title);
    }
  };
  for (const body of before) await body();
  for (const { title, body } of cases) await attempt(title, body);
  for (const body of after) await attempt("close", body);
  return failures;
}

/** A memory store of which one part was replaced by `change`. */
async function broken(change: (store: StateStore) => Partial<StateStore>): Promise<StateStore> {
  const store = await createMemory();
  return { ...store, ...change(store) };
}

/** A memory store whose operations go through `change` first. */
function withOperations(change: (operation: StateOperation) => StateOperation): () => Promise<StateStore> {
  return () => broken((store) => ({ write: (operations, options) => store.write(operations.map(change), options) }));
}

/** A memory store whose records go through `change` on their way out. */
function withRecords(change: (record: StateRecord) => StateRecord): () => Promise<StateStore> {
  return () =>
    broken((store) => ({
      get: async (keys, options) => (await store.get(keys, options)).map((record) => record && change(record)),
    }));
}

function without<K extends string>(operation: StateOperation, ...fields: readonly K[]): StateOperation {
  return Object.fromEntries(
    Object.entries(operation).filter(([field]) => !(fields as readonly string[]).includes(field)),
  ) as unknown as StateOperation;
}

describe("stateStoreSuite", () => {
  it("passes a store that keeps the contract", async () => {
    expect(await failuresOf(createMemory)).toEqual([]);
  });

  const brokenStores: Readonly<Record<string, readonly [create: () => Promise<StateStore>, failing: string]>> = {
    "ignores ETags": [
      withOperations((operation) => without(operation, "etag")),
      "a write with a stale ETag is refused and changes nothing",
    ],
    "ignores ETags of deletes": [
      withOperations((operation) => (operation.type === "delete" ? without(operation, "etag") : operation)),
      "a delete needs the current ETag if it names one",
    ],
    "ignores create-only": [
      withOperations((operation) => without(operation, "firstWrite")),
      "create-only succeeds once, without an ETag and with an empty one",
    ],
    "ignores TTLs": [
      withOperations((operation) => without(operation, "ttlSeconds")),
      "a value says when it expires, and only if it does",
    ],
    "drops one of many writes": [
      () =>
        broken((store) => ({
          async write(operations, options) {
            await store.write(operations.length < 3 ? operations : operations.slice(0, -1), options);
            return operations.map(() => undefined);
          },
        })),
      "writes and reads a thousand keys in one call",
    ],
    "applies half of a transaction": [
      () =>
        broken((store) => ({
          async write(operations, options) {
            const results = await store.write(operations, { ...options, atomic: false });
            const problem = results.find((result) => result !== undefined);
            if (options.atomic && problem !== undefined) throw problem;
            return results;
          },
        })),
      "a wrong ETag anywhere rejects and leaves every key as it was",
    ],
    "answers in another order": [
      () => broken((store) => ({ get: async (keys, options) => [...(await store.get(keys, options))].reverse() })),
      "reads come in the order of the keys, absent and repeated ones included",
    ],
    "spoils bytes": [
      withRecords((record) => ({ ...record, value: Buffer.from(Buffer.from(record.value).toString("utf8")) })),
      "all byte values come back as written, also when declared as JSON",
    ],
    "gives one ETag to all": [
      withRecords((record) => ({ ...record, etag: "1" })),
      "a value has an ETag, another one after each write, the same one until then",
    ],
    "finds what was not asked for": [
      () =>
        broken((store) => ({
          query: async ({ condition: _ignored, ...rest }) => (await store.query?.(rest)) ?? { items: [] },
        })),
      "find what meets GT",
    ],
    "finds what is another app's": [
      () =>
        broken((store) => ({
          query: async (query) => (await store.query?.({ ...query, keyPrefix: "" })) ?? { items: [] },
        })),
      "find all documents without a condition, in the order of their keys, and none that is not JSON",
    ],
    "forgets to close": [() => broken(() => ({ close: () => Promise.resolve() })), "close"],
    "does not say what it can": [() => broken(() => ({ features: ["ETAG"] })), "advertises exactly what it supports"],
  };

  for (const [fault, [create, failing]] of Object.entries(brokenStores)) {
    it.concurrent(`fails a store that ${fault}`, async () => {
      expect(await failuresOf(create)).toContain(failing);
    });
  }

  it("fails a store that does not tell malformed ETags, if it promised to", async () => {
    expect(await failuresOf(createMemory, { ...supports, malformedEtag: "x" })).toEqual([
      "a malformed ETag is another error than a mismatch",
    ]);
  });
});
