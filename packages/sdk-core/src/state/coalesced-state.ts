import { encodeValue } from "../codec.js";
import { Coalescer, type BatchOutcome } from "../coalescing/coalescer.js";
import type { StateItem } from "../generated/dapr/proto/common/v1/common.js";
import type { BulkStateItem } from "../generated/dapr/proto/runtime/v1/state.js";
import { stateMethods } from "../generated/methods/state.js";
import { callOf } from "../transport/call-options.js";
import type { Metadata, Transport } from "../transport/transport.js";
import { writeFailure } from "./conflicts/write-failure.js";
import { subjectOf, toEntry, type StateEntry, type ValueReader } from "./state-entry.js";
import { consistencyOf, isConditional, noMetadata, plainItem, toStateItem } from "./state-item.js";
import { checkKey, keyProblem } from "./state-key.js";
import type { State } from "./state.js";
import type { StateCoalescing } from "./state-options.js";

/** What is around the value of an item on the wire, in bytes, about. */
const itemOverhead = 64;

interface Read {
  readonly key: string;
  readonly metadata: Metadata | undefined;
}

/**
 * Lays over a store that gets of one tick become one bulk read, and saves without a condition one bulk write. Saves of one
 * key keep their order; other writes of a key wait for its saves that were called before.
 */
export function coalesceState<T>(
  store: State<T>,
  transport: Transport,
  { reader, bounds }: { readonly reader: ValueReader; readonly bounds: StateCoalescing },
): State<T> {
  const { storeName, codec } = reader;
  const gets = coalescedGets<T>(transport, reader, bounds);
  const saves = coalescedSaves(transport, storeName, bounds);
  const savesOf = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) await saves.settled(key);
  };

  return {
    ...store,
    // Without `async`: each promise more would be felt where a call costs a few microseconds.
    get(key, options) {
      // A bulk read cannot ask for a consistency.
      if (options?.consistency !== undefined) return store.get(key, options);
      const problem = keyProblem(storeName, key);
      return problem === undefined ? gets.add({ key, metadata: options?.metadata }, options) : Promise.reject(problem);
    },
    async save(key, value, options) {
      if (options !== undefined && isConditional(options)) {
        await saves.settled(key);
        return store.save(key, value, options);
      }
      checkKey(storeName, key);
      const bytes = encodeValue(value, codec, subjectOf(storeName, key));
      const item =
        options === undefined
          ? plainItem(key, bytes)
          : toStateItem({ key, value: bytes }, options, { name: storeName });
      return saves.add(item, options);
    },
    async saveMany(items, options) {
      await savesOf(items.map(({ key }) => key));
      return store.saveMany(items, options);
    },
    async delete(key, options) {
      await saves.settled(key);
      return store.delete(key, options);
    },
    async deleteMany(items, options) {
      await savesOf(items.map((item) => (typeof item === "string" ? item : item.key)));
      return store.deleteMany(items, options);
    },
    async transaction(operations, options) {
      await savesOf(operations.map((operation) => ("upsert" in operation ? operation.upsert : operation.delete)));
      return store.transaction(operations, options);
    },
  };
}

type Found<T> = StateEntry<T> | undefined;

function coalescedGets<T>(
  transport: Transport,
  reader: ValueReader,
  { maximumEntries, maximumBytes }: StateCoalescing,
): Coalescer<Read, Found<T>> {
  const { storeName } = reader;
  // How large the values are is known of earlier ones only; without it, batches of large ones would be too large to receive.
  let usualBytes = 0;
  const observe = (bytes: number): void => {
    usualBytes = bytes > usualBytes ? bytes : usualBytes * 0.9 + bytes * 0.1;
  };
  const subject = { operation: "state.get", component: storeName, idempotent: true };
  return new Coalescer({
    ...(maximumEntries !== undefined && { maximumItems: maximumEntries }),
    ...(maximumBytes !== undefined && { maximumBytes }),
    bytesOf: () => usualBytes,
    groupOf: ({ metadata }) => (metadata === undefined ? "" : JSON.stringify(Object.entries(metadata).sort())),
    async sendOne({ key, metadata: given }, end) {
      const metadata = given === undefined ? noMetadata : { ...given };
      const request = { storeName, key, consistency: consistencyOf(undefined), metadata };
      const found = await transport.unary(stateMethods.getState, request, callOf(subject, end));
      observe(found.data.length);
      return toEntry<T>(reader, key, found);
    },
    async sendMany(reads, signal) {
      const positions = new Map<string, number>();
      for (const { key } of reads) if (!positions.has(key)) positions.set(key, positions.size);
      const request = { storeName, keys: [...positions.keys()], parallelism: 0, metadata: { ...reads[0]?.metadata } };
      const call = callOf(subject, signal === undefined ? undefined : { signal });
      const { items } = await transport.unary(stateMethods.getBulkState, request, call);
      let bytes = 0;
      for (const { data } of items) bytes += data.length;
      if (items.length > 0) observe(bytes / items.length);
      const itemOf = lookupOf(items);
      const taken = new Set<BulkStateItem>();
      return reads.map(({ key }) => {
        const item = itemOf(key, positions.get(key));
        // What one key failed of is only a text here; asked for by itself, the runtime gives its code and reason.
        if (item?.error !== "") return "alone";
        const own = taken.has(item) ? { ...item, data: Buffer.from(item.data) } : item;
        taken.add(item);
        return entryOutcome<T>(reader, own);
      });
    },
  });
}

/** Finds items by key: they mostly come as they were asked for, but some stores put the absent ones last. */
function lookupOf(items: readonly BulkStateItem[]): (key: string, position?: number) => BulkStateItem | undefined {
  let byKey: Map<string, BulkStateItem> | undefined;
  return (key, position = -1) => {
    const item = items[position];
    if (item?.key === key) return item;
    byKey ??= new Map(items.map((each) => [each.key, each]));
    return byKey.get(key);
  };
}

function entryOutcome<T>(reader: ValueReader, item: BulkStateItem): BatchOutcome<Found<T>> {
  try {
    return { value: toEntry<T>(reader, item.key, item) };
  } catch (error) {
    return { error };
  }
}

function coalescedSaves(
  transport: Transport,
  storeName: string,
  { maximumEntries, maximumBytes }: StateCoalescing,
): Coalescer<StateItem, void> {
  const subject = { operation: "state.save", component: storeName, idempotent: true };
  const done = { value: undefined };
  return new Coalescer<StateItem, void>({
    ...(maximumEntries !== undefined && { maximumItems: maximumEntries }),
    ...(maximumBytes !== undefined && { maximumBytes }),
    // What waits for replicas must not make the others wait.
    groupOf: ({ options }) => (options === undefined ? "0" : String(options.consistency)),
    orderOf: ({ key }) => key,
    bytesOf: ({ key, value }) => key.length + value.length + itemOverhead,
    async sendOne(item, end) {
      const request = { storeName, states: [item] };
      try {
        await transport.unary(stateMethods.saveState, request, callOf(subject, end));
      } catch (thrown) {
        throw await writeFailure(transport, thrown, { storeName, keys: [item.key], end });
      }
    },
    async sendMany(items, signal) {
      const call = callOf(subject, signal === undefined ? undefined : { signal });
      await transport.unary(stateMethods.saveState, { storeName, states: [...items] }, call);
      return items.map(() => done);
    },
  });
}
