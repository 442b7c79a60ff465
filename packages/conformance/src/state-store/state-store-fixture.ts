import { randomUUID } from "node:crypto";
import type { MechaError, StateOperation, StateRecord, StateSet, StateStore } from "@mecha/spec";
import type { TestFunctions } from "../test-functions.js";
import type { StateStoreSupports } from "./state-store-supports.js";

/** What every group of state store tests works with. */
export interface StateStoreFixture {
  readonly test: TestFunctions;
  readonly supports: StateStoreSupports;
  /** The store under test; exists while tests run. */
  readonly store: () => StateStore;
  /** A key that nobody else uses. */
  readonly newKey: () => string;
  /** Writes one value and returns what is stored then. */
  readonly save: (key: string, value: string | Uint8Array, rest?: Partial<StateSet>) => Promise<StateRecord>;
  /** Reads one value. */
  readonly read: (key: string) => Promise<StateRecord | undefined>;
  /** Reads one value as text. */
  readonly readText: (key: string) => Promise<string | undefined>;
  /** One operation by itself; its own result. */
  readonly writeOne: (operation: StateOperation) => Promise<MechaError | undefined>;
  /** Several operations as one transaction; the code of the rejection, or `undefined`. */
  readonly transactionCode: (operations: readonly StateOperation[]) => Promise<string | undefined>;
}

/** UTF-8 bytes of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A set operation of a text. */
export function set(key: string, value: string, rest: Partial<StateSet> = {}): StateSet {
  return { ...rest, type: "set", key, value: bytes(value) };
}

/** Makes the fixture around a store that does not exist yet. */
export function createFixture(
  test: TestFunctions,
  supports: StateStoreSupports,
  store: () => StateStore,
): StateStoreFixture {
  const prefix = `conformance-${randomUUID()}||`;
  let keys = 0;

  async function read(key: string): Promise<StateRecord | undefined> {
    const records = await store().get([key]);
    test.expect(records).toHaveLength(1);
    return records[0];
  }

  async function writeOne(operation: StateOperation): Promise<MechaError | undefined> {
    const results = await store().write([operation], { atomic: false });
    test.expect(results).toHaveLength(1);
    return results[0];
  }

  return {
    test,
    supports,
    store,
    read,
    writeOne,
    newKey: () => `${prefix}${String(++keys)}`,
    async save(key, value, rest = {}) {
      const stored = typeof value === "string" ? bytes(value) : value;
      test.expect(await writeOne({ ...rest, type: "set", key, value: stored })).toBeUndefined();
      const record = await read(key);
      if (record === undefined) throw new Error(`key "${key}" is absent right after it was written`);
      return record;
    },
    async readText(key) {
      const record = await read(key);
      return record && new TextDecoder().decode(record.value);
    },
    async transactionCode(operations) {
      return store()
        .write(operations, { atomic: true })
        .then(
          () => undefined,
          (error: unknown) => (error as MechaError).code,
        );
    },
  };
}
