import {
  type ComponentContext,
  type ComponentDefinition,
  MechaError,
  type StateOperation,
  type StateQueryItem,
  type StateStore,
} from "@mecha/spec";
import { componentClosed } from "../component-closed.js";
import { bytesOf, MemoryRecords, toStateRecord } from "./memory-records.js";
import { checkOperations, etagMismatch, hasEtag } from "./state-errors.js";
import { webSafeJson } from "./web-safe-json.js";

/**
 * Keeps state in the memory of this process: daprd's `state.in-memory`, for tests. It has no metadata. ETags are numbers
 * that never repeat in the life of the store.
 */
export const component: ComponentDefinition<"state"> = {
  type: "state.in-memory",
  volatile: true,
  create: (context) => Promise.resolve(createMemoryStore(context)),
};

/** A value of Dapr's HTTP API: daprd has it encoded by Go. */
function asGoEncodes(value: Uint8Array): Buffer {
  return Buffer.from(webSafeJson(Buffer.from(value).toString("utf8")), "utf8");
}

function createMemoryStore(context: ComponentContext): StateStore {
  const records = new MemoryRecords(() => refuseIfUnusable(undefined));
  let closed = false;

  function apply(operation: StateOperation): void {
    const current = records.get(operation.key);
    const mismatch = hasEtag(operation)
      ? current === undefined || String(current.etag) !== operation.etag
      : operation.type === "set" && operation.firstWrite === true && current !== undefined;
    if (mismatch) throw etagMismatch(context, operation);
    if (operation.type === "delete") {
      records.delete(operation.key);
      return;
    }
    const { key, value, ttlSeconds, isJson = false } = operation;
    records.set(key, isJson ? asGoEncodes(value) : value, ttlSeconds);
  }

  function applyAll(operations: readonly StateOperation[]): void {
    const undo = operations.map(({ key }) => records.remember(key));
    try {
      operations.forEach(apply);
    } catch (error) {
      for (const putBack of undo) putBack();
      throw error;
    }
  }

  function applyOne(operation: StateOperation): MechaError | undefined {
    try {
      apply(operation);
      return undefined;
    } catch (error) {
      return MechaError.from(error);
    }
  }

  function* liveItems(): Generator<StateQueryItem, void, undefined> {
    for (const key of records.keys()) {
      const record = records.get(key);
      if (record !== undefined) yield { key, value: bytesOf(record.value), etag: String(record.etag) };
    }
  }

  function refuseIfUnusable(signal: AbortSignal | undefined): void {
    if (closed) throw componentClosed(context);
    if (signal?.aborted === true) throw MechaError.from(signal.reason, `State store "${context.name}"`);
  }

  return {
    backend: "memory",
    features: ["ETAG", "TRANSACTIONAL", "TTL", "QUERY_API"],
    takesValuesAtOnce: true,
    placeOf: (key) => records.placeOf(key),
    async get(keys, options) {
      refuseIfUnusable(options?.signal);
      return keys.map((key) => {
        const record = records.get(key);
        return record && toStateRecord(record);
      });
    },
    async write(operations, options) {
      refuseIfUnusable(options.signal);
      checkOperations(context, operations);
      if (!options.atomic) return operations.map(applyOne);
      applyAll(operations);
      return operations.map(() => undefined);
    },
    async query(query, options) {
      refuseIfUnusable(options?.signal);
      const { findDocuments } = await import("./query/find-documents.js");
      return findDocuments(liveItems(), query, context);
    },
    close() {
      closed = true;
      records.clear();
      return Promise.resolve();
    },
  };
}
