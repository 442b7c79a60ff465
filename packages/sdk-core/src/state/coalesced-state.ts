import { encodeValue } from "../codec.js";
import { Coalescer, type BatchOutcome } from "../coalescing/coalescer.js";
import type { StateItem } from "../generated/dapr/proto/common/v1/common.js";
import { stateMethods } from "../generated/methods/state.js";
import { callOf } from "../transport/call-options.js";
import type { Metadata, Transport } from "../transport/transport.js";
import { writeFailure } from "./conflicts/write-failure.js";
import { subjectOf, toEntry, type FoundValue, type ValueReader } from "./state-entry.js";
import { isConditional, noMetadata, plainItem, toStateItem } from "./state-item.js";
import { checkKey } from "./state-key.js";
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
  const gets = coalescedGets(transport, storeName, bounds);
  const saves = coalescedSaves(transport, storeName, bounds);
  const savesOf = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) await saves.settled(key);
  };

  return {
    ...store,
    async get(key, options) {
      // A bulk read cannot ask for a consistency.
      if (options?.consistency !== undefined) return store.get(key, options);
      checkKey(storeName, key);
      return toEntry<T>(reader, key, await gets.add({ key, metadata: options?.metadata }, options));
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

function coalescedGets(
  transport: Transport,
  storeName: string,
  { maximumEntries }: StateCoalescing,
): Coalescer<Read, FoundValue> {
  const subject = { operation: "state.get", component: storeName, idempotent: true };
  return new Coalescer({
    ...(maximumEntries !== undefined && { maximumItems: maximumEntries }),
    groupOf: ({ metadata }) => (metadata === undefined ? "" : JSON.stringify(Object.entries(metadata).sort())),
    sendOne: ({ key, metadata }, end) =>
      transport.unary(
        stateMethods.getState,
        { storeName, key, consistency: 0, metadata: metadata === undefined ? noMetadata : { ...metadata } },
        callOf(subject, end),
      ),
    async sendMany(reads, signal) {
      const keys = [...new Set(reads.map(({ key }) => key))];
      const metadata = { ...reads[0]?.metadata };
      const request = { storeName, keys, parallelism: 0, metadata };
      const { items } = await transport.unary(
        stateMethods.getBulkState,
        request,
        callOf(subject, signal === undefined ? undefined : { signal }),
      );
      const found = new Map(items.map((item) => [item.key, item]));
      const given = keys.length === reads.length ? undefined : new Set<string>();
      return reads.map(({ key }): BatchOutcome<FoundValue> => {
        const item = found.get(key);
        // What one key failed of is only a text here; asked for by itself, the runtime gives its code and reason.
        if (item?.error !== "") return "alone";
        if (given?.has(key) === true) return { value: { ...item, data: Buffer.from(item.data) } };
        given?.add(key);
        return { value: item };
      });
    },
  });
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
