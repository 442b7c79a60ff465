import { MechaError } from "@mecha/spec";
import { decodeValue, encodeValue, type Codec } from "../codec.js";
import { daprMethods } from "../dapr-methods.js";
import type { FacadeContext } from "../facade-context.js";
import type { StateItem } from "../generated/dapr/proto/common/v1/common.js";
import {
  StateOptions_StateConcurrency,
  StateOptions_StateConsistency,
} from "../generated/dapr/proto/common/v1/common.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";

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
export type StateCallOptions = CallEnd;

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
  delete(
    key: string,
    options?: StateCallOptions & Pick<SaveOptions, "etag" | "concurrency" | "metadata">,
  ): Promise<void>;
  /** Applies all operations, in order, or none. */
  transaction(
    operations: readonly StateTransactionOperation<T>[],
    options?: StateCallOptions & { readonly metadata?: Metadata },
  ): Promise<void>;
}

/** Makes the facade of one state store. */
export function createState<T>({ transport }: FacadeContext, storeName: string, codec: Codec): State<T> {
  const reading = { operation: "state.get", component: storeName, idempotent: true };
  const readingMany = { operation: "state.getMany", component: storeName, idempotent: true };
  const saving = { operation: "state.save", component: storeName };
  const savingMany = { operation: "state.saveMany", component: storeName };
  const deleting = { operation: "state.delete", component: storeName };
  const transacting = { operation: "state.transaction", component: storeName };
  const subjectOf = (key: string): string => `The value of key "${key}" in state store "${storeName}"`;
  const entry = ({ key, data, etag, metadata }: FoundValue): StateEntry<T> => ({
    // The caller names the type of what the store holds; nothing here can check it.
    value: decodeValue(data, codec, subjectOf(key)) as T,
    etag,
    metadata,
  });
  const item = (key: string, value: T, options: SaveOptions): StateItem =>
    toStateItem(key, encodeValue(value, codec, subjectOf(key)), options);

  return {
    async get(key, { metadata = {}, ...call } = {}) {
      const request = { storeName, key, consistency: StateOptions_StateConsistency.CONSISTENCY_UNSPECIFIED, metadata };
      const found = await transport.unary(daprMethods.getState, request, callOf(reading, call));
      return isAbsent(found) ? undefined : entry({ key, ...found });
    },
    async getMany(keys, call = {}) {
      if (keys.length === 0) return new Map();
      const request = { storeName, keys: [...keys], parallelism: 0, metadata: {} };
      const { items } = await transport.unary(daprMethods.getBulkState, request, callOf(readingMany, call));
      const failed = items.find(({ error }) => error !== "");
      if (failed !== undefined) throw unreadable(failed.key, failed.error, storeName);
      return new Map(items.filter((found) => !isAbsent(found)).map((found) => [found.key, entry(found)]));
    },
    async save(key, value, options = {}) {
      const request = { storeName, states: [item(key, value, options)] };
      await conditional(options, transport.unary(daprMethods.saveState, request, callOf(saving, options)));
    },
    async saveMany(items, call = {}) {
      if (items.length === 0) return;
      const states = items.map((each) => item(each.key, each.value, each));
      await transport.unary(daprMethods.saveState, { storeName, states }, callOf(savingMany, call));
    },
    async delete(key, options = {}) {
      const { etag, options: stateOptions, metadata } = toStateItem(key, Buffer.alloc(0), options);
      const request = { storeName, key, etag, options: stateOptions, metadata };
      await conditional(options, transport.unary(daprMethods.deleteState, request, callOf(deleting, options)));
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
      await transport.unary(daprMethods.executeStateTransaction, request, callOf(transacting, call));
    },
  };
}

interface FoundValue {
  readonly key: string;
  readonly data: Uint8Array;
  readonly etag: string;
  readonly metadata: Metadata;
}

/** The Dapr API answers for an absent key with nothing in all fields. */
function isAbsent({ data, etag }: Pick<FoundValue, "data" | "etag">): boolean {
  return etag === "" && data.length === 0;
}

/** daprd says of a lost race only `ABORTED`; where a write had a condition, that is what it means. */
async function conditional(
  { etag, concurrency }: Pick<SaveOptions, "etag" | "concurrency">,
  call: Promise<unknown>,
): Promise<void> {
  try {
    await call;
  } catch (thrown) {
    const error = MechaError.from(thrown);
    if (error.code !== "ABORTED" || (etag === undefined && concurrency !== "first-write")) throw error;
    const { reason, metadata, component, operation } = error;
    const details = {
      cause: error,
      metadata,
      ...(reason !== undefined && { reason }),
      ...(component !== undefined && { component }),
      ...(operation !== undefined && { operation }),
    };
    throw new MechaError("ETAG_MISMATCH", error.message, details);
  }
}

function unreadable(key: string, reason: string, component: string): MechaError {
  return new MechaError("UNKNOWN", `Key "${key}" of state store "${component}" could not be read: ${reason}`, {
    component,
    operation: "state.getMany",
  });
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
      concurrency:
        concurrency === undefined ? StateOptions_StateConcurrency.CONCURRENCY_UNSPECIFIED : concurrencies[concurrency],
      consistency:
        options.consistency === undefined
          ? StateOptions_StateConsistency.CONSISTENCY_UNSPECIFIED
          : consistencies[options.consistency],
    },
  };
}
