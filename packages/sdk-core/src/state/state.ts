import type { FacadeContext } from "../facade-context.js";
import { coalesceState } from "./coalesced-state.js";
import {
  queryAll,
  queryPage,
  type StateQueryOptions,
  type StateQueryPage,
  type StateQueryResult,
} from "./query/run-query.js";
import type { StateQuery } from "./query/state-query.js";
import { stateReads } from "./state-reads.js";
import { stateWrites } from "./state-writes.js";
import { runTransaction } from "./transaction.js";
import type { StateEntry } from "./state-entry.js";
import type {
  DeleteItem,
  DeleteOptions,
  SaveItem,
  SaveOptions,
  StateCallOptions,
  StateGetManyOptions,
  StateGetOptions,
  StateOptions,
  StateTransactionOperation,
  StateTransactionOptions,
} from "./state-options.js";

/**
 * A state store (Dapr's state building block).
 *
 * A value under a condition (an ETag, or `first-write`) is written only if the condition holds; else the call ends with
 * `ETAG_MISMATCH`, on every store and runtime. An ETag that is none of the store's is `ETAG_INVALID`. Keys that are empty or
 * have `||` in them are `INVALID_ARGUMENT`.
 */
export interface State<T> {
  /** Reads a value (GetState); `undefined` if there is none. */
  get(key: string, options?: StateGetOptions): Promise<StateEntry<T> | undefined>;
  /**
   * Reads many values in one call (GetBulkState); absent keys are not in the result.
   *
   * @throws MechaError `INTERNAL` that names the keys that could not be read, unless `onKeyError` takes them.
   */
  getMany(keys: readonly string[], options?: StateGetManyOptions): Promise<ReadonlyMap<string, StateEntry<T>>>;
  /** Writes a value (SaveState). */
  save(key: string, value: T, options?: SaveOptions & StateCallOptions): Promise<void>;
  /**
   * Writes many values in one call (SaveState). It is no transaction: where one fails, the others may be written. Use
   * {@link State.transaction} for all or nothing.
   */
  saveMany(items: readonly SaveItem<T>[], options?: StateCallOptions): Promise<void>;
  /** Removes a value (DeleteState); removing an absent one succeeds, unless an ETag is given and the store minds. */
  delete(key: string, options?: DeleteOptions & StateCallOptions): Promise<void>;
  /** Removes many values in one call (DeleteBulkState). It is no transaction: where one fails, the others may be removed. */
  deleteMany(items: readonly (string | DeleteItem)[], options?: StateCallOptions): Promise<void>;
  /**
   * Applies all operations, in order, or none (ExecuteStateTransaction).
   *
   * @throws MechaError `FAILED_PRECONDITION` for conditions on a store that would apply the other operations when one does
   * not hold (daprd's `state.redis`), unless `allowPartial` is given; `UNIMPLEMENTED` for a store without transactions.
   */
  transaction(operations: readonly StateTransactionOperation<T>[], options?: StateTransactionOptions): Promise<void>;
  /**
   * Finds values (QueryStateAlpha1), page after page as they are asked for. `stateQuery()` puts queries together.
   *
   * @throws MechaError `UNIMPLEMENTED` for a store that cannot be queried.
   */
  query(query: StateQuery, options?: StateQueryOptions): AsyncIterable<StateQueryResult<T>>;
  /** Finds one page of values, and says where the next begins. */
  queryPage(query: StateQuery, options?: StateQueryOptions): Promise<StateQueryPage<T>>;
}

/** Makes the facade of one state store. */
export function createState<T>(
  { transport }: FacadeContext,
  storeName: string,
  { codec = "json", coalesce = false }: StateOptions = {},
): State<T> {
  const reader = { storeName, codec };
  const store: State<T> = {
    ...stateReads<T>(transport, reader),
    ...stateWrites<T>(transport, reader),
    transaction: (operations, options = {}) => runTransaction(transport, reader, { operations, options }),
    query: (query, options = {}) => queryAll<T>(transport, reader, { query, options }),
    queryPage: (query, options = {}) => queryPage<T>(transport, reader, { query, options }),
  };
  if (coalesce === false) return store;
  return coalesceState(store, transport, { reader, bounds: coalesce === true ? {} : coalesce });
}
