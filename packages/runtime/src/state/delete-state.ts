import type { Empty, state, UnaryHandler } from "@mecha/sdk-core/protocol";
import { componentFailure } from "../errors/dapr-error.js";
import { toStateDelete } from "./state-operation.js";
import type { StateStores } from "./state-stores.js";
import { writeEach } from "./write-state.js";

/** Dapr's DeleteState: one key; removing an absent one succeeds unless an ETag is given. */
export function deleteState(stores: StateStores): UnaryHandler<state.DeleteStateRequest, Empty> {
  return async (request, context) => {
    const { storeName, key } = request;
    const { store, keys } = stores(storeName);
    const operation = toStateDelete(request, keys);
    try {
      await writeEach(store, [operation], context);
    } catch (thrown) {
      throw componentFailure("stateDelete", `failed deleting state with key ${key}`, thrown, storeName);
    }
    return {};
  };
}

/** Dapr's DeleteBulkState: each key by itself. */
export function deleteBulkState(stores: StateStores): UnaryHandler<state.DeleteBulkStateRequest, Empty> {
  return async ({ storeName, states }, context) => {
    const { store, keys } = stores(storeName);
    const operations = states.map((item) => toStateDelete(item, keys));
    try {
      await writeEach(store, operations, context);
    } catch (thrown) {
      throw componentFailure("stateBulkDelete", `failed deleting state in state store ${storeName}`, thrown, storeName);
    }
    return {};
  };
}
