import type { Empty, state, UnaryHandler } from "@mecha/sdk-core/protocol";
import { isJsonPayload } from "../doors/json-payload.js";
import { componentFailure } from "../errors/dapr-error.js";
import { toStateSet } from "./state-operation.js";
import type { StateStores } from "./state-stores.js";
import { writeEach } from "./write-state.js";

/** Dapr's SaveState: each item by itself; it is no transaction. A wrong ETag is `ETAG_MISMATCH`. */
export function saveState(stores: StateStores): UnaryHandler<state.SaveStateRequest, Empty> {
  return async ({ storeName, states }, context) => {
    const { store, keys } = stores(storeName);
    const options = { store, isJson: isJsonPayload(context) };
    const operations = states.map((item) => toStateSet(item, keys, options));
    try {
      await writeEach(store, operations, context);
    } catch (thrown) {
      throw componentFailure("stateSave", `failed saving state in state store ${storeName}`, thrown, storeName);
    }
    return {};
  };
}
