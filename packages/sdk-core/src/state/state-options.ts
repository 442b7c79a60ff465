import type { MechaError } from "@mecha/spec";
import type { CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";

/** How a call may be ended. */
export type StateCallOptions = CallEnd;

/** How sure a read or write must be before it is answered. */
export type StateConsistency = "eventual" | "strong";

/** How to read a value. */
export interface StateGetOptions extends StateCallOptions {
  /** @defaultValue the store's own */
  readonly consistency?: StateConsistency;
  /** Metadata for the component. */
  readonly metadata?: Metadata;
}

/** How to read many values. */
export interface StateGetManyOptions extends StateCallOptions {
  /** How many keys the runtime reads at a time, where the store has no bulk read of its own. @defaultValue all at once */
  readonly parallelism?: number;
  /** Metadata for the component; it goes with each key. */
  readonly metadata?: Metadata;
  /**
   * Called for each key that could not be read; the call then resolves with the others.
   *
   * @defaultValue the call rejects with an error that names the keys
   */
  readonly onKeyError?: (key: string, error: MechaError) => void;
}

/** How to write a value. */
export interface SaveOptions {
  /** Write only if the stored value has this ETag; else `ETAG_MISMATCH`. */
  readonly etag?: string;
  /**
   * `first-write`: without an ETag, write only if there is no value; else `ETAG_MISMATCH`. With an ETag, the ETag decides.
   *
   * @defaultValue `last-write`
   */
  readonly concurrency?: "first-write" | "last-write";
  /** @defaultValue the store's own */
  readonly consistency?: StateConsistency;
  /**
   * Whole seconds until the value is gone; -1 for never, also where the component has a default.
   *
   * @defaultValue the component's own, else never. daprd's `state.redis` keeps the time that an overwritten value had.
   */
  readonly ttlSeconds?: number;
  /** Metadata for the component. */
  readonly metadata?: Metadata;
}

/** How to remove a value. `first-write` needs an ETag. */
export type DeleteOptions = Omit<SaveOptions, "ttlSeconds">;

/** One value to write among several. */
export interface SaveItem<T> extends SaveOptions {
  readonly key: string;
  readonly value: T;
}

/** One value to remove among several. */
export interface DeleteItem extends DeleteOptions {
  readonly key: string;
}

/** One operation of a transaction. */
export type StateTransactionOperation<T> =
  | ({ readonly upsert: string; readonly value: T } & SaveOptions)
  | ({ readonly delete: string } & DeleteOptions);

/** How to apply a transaction. */
export interface StateTransactionOptions extends StateCallOptions {
  /** Metadata for the component, about the whole transaction. */
  readonly metadata?: Metadata;
  /**
   * Also on a store whose transactions apply the other operations when one ETag fails (daprd's `state.redis`).
   *
   * @defaultValue `false`: with an ETag or first-write among the operations, such a store is refused with
   * `FAILED_PRECONDITION`
   */
  readonly allowPartial?: boolean;
}

/** How the values of a store are written and read. */
export interface StateOptions {
  /** How values become bytes. @defaultValue `json` */
  readonly codec?: "json" | "text" | "bytes";
  /**
   * Whether reads that are asked for in the same tick become one bulk read, and writes without a condition one bulk write.
   * Each caller keeps its own result, error and end.
   *
   * @defaultValue `false`
   */
  readonly coalesce?: boolean | StateCoalescing;
}

/** Bounds of what is sent together. */
export interface StateCoalescing {
  /** Most keys in one call. @defaultValue 256 */
  readonly maximumEntries?: number;
  /** Most bytes of values in one call for more than one key; of reads, as far as earlier ones let expect. @defaultValue 1 MiB */
  readonly maximumBytes?: number;
}
