import type { state, UnaryHandler } from "@mecha/sdk-core/protocol";
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
      const records = await store.get(stored, { metadata, ...cancellationOf(context) });
      return { items: wanted.map((key, index) => ({ key, error: "", ...toStateValue(records[index]) })) };
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
