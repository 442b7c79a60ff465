import type { state, UnaryHandler } from "@mecha/sdk-core/protocol";
import { cancellationOf } from "../doors/cancellation.js";
import { componentFailure } from "../errors/dapr-error.js";
import type { StateStores } from "./state-stores.js";
import { toStateValue } from "./state-record.js";

/** Dapr's GetState: one key; an absent one is an empty response. */
export function getState(stores: StateStores): UnaryHandler<state.GetStateRequest, state.GetStateResponse> {
  return async ({ storeName, key, metadata }, context) => {
    const { store, keys } = stores(storeName);
    const stored = keys.stored(key);
    try {
      const [record] = await store.get([stored], { metadata, ...cancellationOf(context) });
      return toStateValue(record);
    } catch (thrown) {
      throw componentFailure("stateGet", `fail to get ${key} from state store ${storeName}`, thrown, storeName);
    }
  };
}
