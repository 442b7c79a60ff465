import type { state, UnaryHandler } from "@mecha/sdk-core/protocol";
import { MechaError, type MechaErrorCode, type StateGetOptions, type StateRecord, type StateStore } from "@mecha/spec";
import { cancellationOf } from "../doors/cancellation.js";
import { componentFailure } from "../errors/dapr-error.js";
import type { StateStores } from "./state-stores.js";
import { toStateValue } from "./state-record.js";

/** Dapr's GetBulkState: one item per key, in order; an absent key is an item without data and ETag. */
export function getBulkState(stores: StateStores): UnaryHandler<state.GetBulkStateRequest, state.GetBulkStateResponse> {
  return async ({ storeName, keys: wanted, metadata }, context) => {
    const { store, keys } = stores(storeName);
    if (wanted.length === 0) return { items: [] };
    const stored = wanted.map((key) => keys.stored(key));
    try {
      const readings = await readEach(store, stored, { metadata, ...cancellationOf(context) });
      return { items: wanted.map((key, index) => toItem(key, readings[index])) };
    } catch (thrown) {
      throw componentFailure(
        "stateGet",
        `fail to get ${String(wanted.length)} keys from state store ${storeName}`,
        thrown,
        storeName,
      );
    }
  };
}

/** What is wrong with one value, and says nothing of the others: it cannot be decrypted, or is no state. */
const ofOneValue: ReadonlySet<MechaErrorCode> = new Set<MechaErrorCode>(["DATA_LOSS", "FAILED_PRECONDITION"]);

type Reading = StateRecord | MechaError | undefined;

/** Reads all keys at once, or, if one of them cannot be read, each by itself. */
async function readEach(
  store: StateStore,
  keys: readonly string[],
  options: StateGetOptions,
): Promise<readonly Reading[]> {
  const failure = (thrown: unknown): MechaError => {
    if (MechaError.is(thrown) && ofOneValue.has(thrown.code)) return thrown;
    throw thrown;
  };
  try {
    return await store.get(keys, options);
  } catch (thrown) {
    failure(thrown);
    return Promise.all(keys.map((key) => store.get([key], options).then(([record]) => record, failure)));
  }
}

function toItem(key: string, reading: Reading): state.BulkStateItem {
  if (!MechaError.is(reading)) return { key, error: "", ...toStateValue(reading) };
  return { key, error: reading.message, ...toStateValue(undefined) };
}
