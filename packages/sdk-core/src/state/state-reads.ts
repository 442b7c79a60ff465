import { MechaError } from "@mecha/spec";
import type { BulkStateItem } from "../generated/dapr/proto/runtime/v1/state.js";
import { stateMethods } from "../generated/methods/state.js";
import { callOf } from "../transport/call-options.js";
import type { Transport } from "../transport/transport.js";
import type { State } from "./state.js";
import { toEntry, type StateEntry, type ValueReader } from "./state-entry.js";
import { consistencyOf, noMetadata } from "./state-item.js";
import { checkKey } from "./state-key.js";

/** The reading half of a state store. */
export function stateReads<T>(transport: Transport, reader: ValueReader): Pick<State<T>, "get" | "getMany"> {
  const { storeName } = reader;
  const reading = { operation: "state.get", component: storeName, idempotent: true };
  const readingMany = { operation: "state.getMany", component: storeName, idempotent: true };
  // Most calls have no options: they share what would be made anew each time.
  const plainReading = callOf(reading);

  return {
    async get(key, options) {
      checkKey(storeName, key);
      const request = {
        storeName,
        key,
        consistency: consistencyOf(options?.consistency),
        metadata: options?.metadata === undefined ? noMetadata : { ...options.metadata },
      };
      const call = options === undefined ? plainReading : callOf(reading, options);
      return toEntry<T>(reader, key, await transport.unary(stateMethods.getState, request, call));
    },
    async getMany(keys, options = {}) {
      for (const key of keys) checkKey(storeName, key);
      // A key that is asked for twice would be answered once by some stores, twice by others.
      const wanted = [...new Set(keys)];
      if (wanted.length === 0) return new Map();
      const { parallelism = 0, metadata, onKeyError } = options;
      if (!Number.isInteger(parallelism) || parallelism < 0 || parallelism > 2 ** 31 - 1)
        throw new MechaError("INVALID_ARGUMENT", `The parallelism ${String(parallelism)} is no whole number from 0`, {
          component: storeName,
          operation: readingMany.operation,
        });
      const request = { storeName, keys: wanted, parallelism, metadata: { ...metadata } };
      const { items } = await transport.unary(stateMethods.getBulkState, request, callOf(readingMany, options));
      const failed = items.filter(({ error }) => error !== "");
      if (failed.length > 0) {
        if (onKeyError === undefined) throw unreadable(storeName, failed);
        for (const item of failed) onKeyError(item.key, unreadable(storeName, [item]));
      }
      const entries = new Map<string, StateEntry<T>>();
      for (const item of items) {
        const entry = item.error === "" ? toEntry<T>(reader, item.key, item) : undefined;
        if (entry !== undefined) entries.set(item.key, entry);
      }
      return entries;
    },
  };
}

function unreadable(component: string, failed: readonly BulkStateItem[]): MechaError {
  const reasons = failed.map(({ key, error }) => `"${key}": ${error}`);
  return new MechaError("INTERNAL", `State store "${component}" could not read ${reasons.join("; ")}`, {
    component,
    operation: "state.getMany",
    metadata: { key: failed[0]?.key ?? "", keys: JSON.stringify(failed.map(({ key }) => key)) },
  });
}
