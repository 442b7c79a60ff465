import type { Codec } from "../codec.js";
import { decodeValue, encodeValue } from "../codec.js";
import { daprMethods } from "../dapr-methods.js";
import type { StateItem } from "../generated/dapr/proto/common/v1/common.js";
import { StateOptions_StateConcurrency, StateOptions_StateConsistency } from "../generated/dapr/proto/common/v1/common.js";
import type { CallOptions, Metadata, Transport } from "../transport/transport.js";

/** A stored value with what the store says of it. */
export interface StateEntry<T> {
  readonly value: T;
  /** Names this version of the value; give it back to write only if nobody else did. */
  readonly etag: string;
  /** Metadata of the value, for example `ttlExpireTime`. */
  readonly metadata: Metadata;
}

/** How to write a value. */
export interface SaveOptions {
  /** Write only if the stored value has this ETag; else `ETAG_MISMATCH`. */
  readonly etag?: string;
  /** `first-write`: without an ETag, write only if there is no value. @defaultValue `last-write` */
  readonly concurrency?: "first-write" | "last-write";
  /** @defaultValue the store's own */
  readonly consistency?: "eventual" | "strong";
  /** Seconds until the value is gone. @defaultValue never */
  readonly ttlSeconds?: number;
  /** Metadata for the component. */
  readonly metadata?: Metadata;
}

/** One value to write among several. */
export interface SaveItem<T> extends SaveOptions {
  readonly key: string;
  readonly value: T;
}

/** One operation of a transaction. */
export type StateTransactionOperation<T> =
  | ({ readonly upsert: string; readonly value: T } & SaveOptions)
  | { readonly delete: string; readonly etag?: string };

/** How a call may be ended. */
export type StateCallOptions = Pick<CallOptions, "signal" | "deadline">;

/** A state store (Dapr's state building block). */
export interface State<T> {
  /** Reads a value; `undefined` if there is none. */
  get(key: string, options?: StateCallOptions & { readonly metadata?: Metadata }): Promise<StateEntry<T> | undefined>;
  /** Reads many values in one call; absent keys are not in the result. */
  getMany(keys: readonly string[], options?: StateCallOptions): Promise<ReadonlyMap<string, StateEntry<T>>>;
  /** Writes a value. */
  save(key: string, value: T, options?: SaveOptions & StateCallOptions): Promise<void>;
  /** Writes many values in one call. It is no transaction: use {@link State.transaction} for all or nothing. */
  saveMany(items: readonly SaveItem<T>[], options?: StateCallOptions): Promise<void>;
  /** Removes a value; removing an absent one succeeds. */
  delete(key: string, options?: StateCallOptions & Pick<SaveOptions, "etag" | "concurrency" | "metadata">): Promise<void>;
  /** Applies all operations, in order, or none. */
  transaction(operations: readonly StateTransactionOperation<T>[], options?: StateCallOptions & { readonly metadata?: Metadata }): Promise<void>;
}

/** Makes the facade of one state store. */
export function createState<T>(transport: Transport, storeName: string, codec: Codec): State<T> {
  const entry = (data: Uint8Array, etag: string, metadata: Metadata): StateEntry<T> => ({
    // The caller names the type of what the store holds; nothing here can check it.
    value: decodeValue(data, codec) as T,
    etag,
    metadata,
  });
  const item = (key: string, value: T, options: SaveOptions): StateItem => toStateItem(key, encodeValue(value, codec), options);

  return {
    async get(key, { metadata = {}, ...call } = {}) {
      const request = { storeName, key, consistency: StateOptions_StateConsistency.CONSISTENCY_UNSPECIFIED, metadata };
      const response = await transport.unary(daprMethods.getState, request, call);
      return response.etag === "" && response.data.length === 0 ? undefined : entry(response.data, response.etag, response.metadata);
    },
    async getMany(keys, call = {}) {
      if (keys.length === 0) return new Map();
      const request = { storeName, keys: [...keys], parallelism: 0, metadata: {} };
      const { items } = await transport.unary(daprMethods.getBulkState, request, call);
      const found = items.filter((found) => found.etag !== "" || found.data.length > 0);
      return new Map(found.map((found) => [found.key, entry(found.data, found.etag, found.metadata)]));
    },
    async save(key, value, options = {}) {
      await transport.unary(daprMethods.saveState, { storeName, states: [item(key, value, options)] }, options);
    },
    async saveMany(items, call = {}) {
      if (items.length === 0) return;
      const states = items.map((each) => item(each.key, each.value, each));
      await transport.unary(daprMethods.saveState, { storeName, states }, call);
    },
    async delete(key, options = {}) {
      const { etag, options: stateOptions, metadata } = toStateItem(key, Buffer.alloc(0), options);
      await transport.unary(daprMethods.deleteState, { storeName, key, etag, options: stateOptions, metadata }, options);
    },
    async transaction(operations, { metadata = {}, ...call } = {}) {
      const request = {
        storeName,
        operations: operations.map((operation) =>
          "upsert" in operation
            ? { operationType: "upsert", request: item(operation.upsert, operation.value, operation) }
            : { operationType: "delete", request: toStateItem(operation.delete, Buffer.alloc(0), operation) },
        ),
        metadata,
      };
      await transport.unary(daprMethods.executeStateTransaction, request, call);
    },
  };
}

const concurrencies = {
  "first-write": StateOptions_StateConcurrency.CONCURRENCY_FIRST_WRITE,
  "last-write": StateOptions_StateConcurrency.CONCURRENCY_LAST_WRITE,
} as const;

const consistencies = {
  eventual: StateOptions_StateConsistency.CONSISTENCY_EVENTUAL,
  strong: StateOptions_StateConsistency.CONSISTENCY_STRONG,
} as const;

function toStateItem(key: string, value: Buffer, options: SaveOptions): StateItem {
  const { etag, ttlSeconds, metadata } = options;
  // An ETag without a concurrency mode would be ignored by some stores: whoever gives one means first-write.
  const concurrency = options.concurrency ?? (etag === undefined ? undefined : "first-write");
  return {
    key,
    value,
    etag: etag === undefined ? undefined : { value: etag },
    metadata: ttlSeconds === undefined ? { ...metadata } : { ...metadata, ttlInSeconds: String(ttlSeconds) },
    options: {
      concurrency: concurrency === undefined ? StateOptions_StateConcurrency.CONCURRENCY_UNSPECIFIED : concurrencies[concurrency],
      consistency: options.consistency === undefined ? StateOptions_StateConsistency.CONSISTENCY_UNSPECIFIED : consistencies[options.consistency],
    },
  };
}
