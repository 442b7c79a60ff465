import { MechaError, type StateOperation, type StateRecord, type StateStore } from "@mecha/spec";
import type { StateCipher } from "./state-cipher.js";

/**
 * A view of a state store through which values are encrypted as they are written and decrypted as they are read. Keys, ETags, expiry
 * and metadata are what they were, and it has no queries and no native sessions: they would see the ciphertext.
 */
export function encryptStore(store: StateStore, cipher: StateCipher): StateStore {
  const sealed = (operation: StateOperation): StateOperation =>
    operation.type === "set" ? { ...operation, value: cipher.seal(operation.value), isJson: false } : operation;

  function opened(record: StateRecord | undefined, key: string | undefined): StateRecord | undefined {
    if (record === undefined) return undefined;
    try {
      return { ...record, value: cipher.open(record.value) };
    } catch (thrown) {
      const { code, message } = MechaError.from(thrown);
      throw new MechaError(code, `Key "${key ?? ""}": ${message}`, { cause: thrown, metadata: { key: key ?? "" } });
    }
  }

  return {
    backend: store.backend,
    features: store.features.filter((feature) => feature !== "QUERY_API"),
    async get(keys, options) {
      const records = await store.get(keys, options);
      return records.map((record, index) => opened(record, keys[index]));
    },
    write: (operations, options) => store.write(operations.map(sealed), options),
  };
}
