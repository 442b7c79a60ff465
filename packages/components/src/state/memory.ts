import {
  type ComponentContext,
  type ComponentDefinition,
  MechaError,
  type StateOperation,
  type StateQueryItem,
  type StateRecord,
  type StateStore,
} from "@mecha/spec";
import { componentClosed } from "../component-closed.js";
import { checkOperations, etagMismatch, hasEtag } from "./state-errors.js";
import { webSafeJson } from "./web-safe-json.js";

/** How often values that have expired are thrown away, as in daprd. */
const sweepIntervalMs = 1_000;

/**
 * Keeps state in the memory of this process: daprd's `state.in-memory`, for tests. It has no metadata. ETags are numbers
 * that never repeat in the life of the store.
 */
export const component: ComponentDefinition<"state"> = {
  type: "state.in-memory",
  volatile: true,
  create: (context) => Promise.resolve(createMemoryStore(context)),
};

/** A record as it is kept. */
interface KeptRecord extends Omit<StateRecord, "value"> {
  /** Bytes, or as many characters, one for each byte. */
  readonly value: Uint8Array | string;
}

/** Up to so many bytes, text is cheaper by far to make and to throw away: each array of bytes is memory outside of the heap. */
const longestText = 4096;

function kept(value: Uint8Array): KeptRecord["value"] {
  if (value.length > longestText) return Uint8Array.from(value);
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return bytes.toString("latin1");
}

/** A value of Dapr's HTTP API: daprd has it encoded by Go. */
function keptJson(value: Uint8Array): KeptRecord["value"] {
  return kept(Buffer.from(webSafeJson(Buffer.from(value).toString("utf8")), "utf8"));
}

function copyOf(value: KeptRecord["value"]): Buffer {
  return typeof value === "string" ? Buffer.from(value, "latin1") : Buffer.from(value);
}

function createMemoryStore(context: ComponentContext): StateStore {
  const records = new Map<string, KeptRecord>();
  let lastEtag = 0;
  let sweeper: NodeJS.Timeout | undefined;
  let closed = false;

  function live(key: string): KeptRecord | undefined {
    const record = records.get(key);
    return record?.expiresAtMs !== undefined && record.expiresAtMs <= Date.now() ? undefined : record;
  }

  function sweep(): void {
    let expiring = 0;
    for (const [key, { expiresAtMs }] of records) {
      if (expiresAtMs === undefined) continue;
      if (expiresAtMs <= Date.now()) records.delete(key);
      else expiring++;
    }
    if (expiring > 0) return;
    clearInterval(sweeper);
    sweeper = undefined;
  }

  function apply(operation: StateOperation): void {
    const current = live(operation.key);
    const mismatch = hasEtag(operation)
      ? current?.etag !== operation.etag
      : operation.type === "set" && operation.firstWrite === true && current !== undefined;
    if (mismatch) throw etagMismatch(context, operation);
    if (operation.type === "delete") {
      records.delete(operation.key);
      return;
    }
    const { value, ttlSeconds, isJson = false } = operation;
    const record = { value: isJson ? keptJson(value) : kept(value), etag: String(++lastEtag) };
    if (ttlSeconds === undefined) {
      records.set(operation.key, record);
      return;
    }
    records.set(operation.key, { ...record, expiresAtMs: Date.now() + ttlSeconds * 1_000 });
    sweeper ??= setInterval(sweep, sweepIntervalMs).unref();
  }

  function applyAll(operations: readonly StateOperation[]): void {
    const before = operations.map(({ key }) => [key, records.get(key)] as const);
    try {
      operations.forEach(apply);
    } catch (error) {
      for (const [key, record] of before) {
        if (record === undefined) records.delete(key);
        else records.set(key, record);
      }
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
      const record = live(key);
      if (record !== undefined) yield { key, value: copyOf(record.value), etag: record.etag };
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
    async get(keys, options) {
      refuseIfUnusable(options?.signal);
      return keys.map((key) => {
        const record = live(key);
        return record && { ...record, value: copyOf(record.value) };
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
      clearInterval(sweeper);
      records.clear();
      return Promise.resolve();
    },
  };
}
