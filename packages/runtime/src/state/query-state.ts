import type { state, UnaryHandler } from "@mecha/sdk-core/protocol";
import { cancellationOf } from "../doors/cancellation.js";
import { componentFailure, daprError } from "../errors/dapr-error.js";
import { parseStateQuery } from "./parse-state-query.js";
import type { StateStores } from "./state-stores.js";

/**
 * Dapr's QueryStateAlpha1. Unlike daprd, which shows an app the values of all apps in the store, it finds those under the app's own
 * key prefix.
 */
export function queryState(stores: StateStores): UnaryHandler<state.QueryStateRequest, state.QueryStateResponse> {
  return async ({ storeName, query: text, metadata }, context) => {
    const { store, keys, isEncrypted } = stores(storeName);
    if (isEncrypted) {
      throw daprError("stateQuery", `state store ${storeName} query failed: cannot query encrypted store`, {
        component: storeName,
      });
    }
    if (store.query === undefined) {
      throw daprError("stateQueryNotSupported", "state store does not support querying", { component: storeName });
    }
    const query = parseStateQuery(text, { storeName, keyPrefix: keys.prefix });
    try {
      const { items, token = "" } = await store.query(query, { metadata, ...cancellationOf(context) });
      const results = items.map(({ key, value, etag }) => ({
        key: key.slice(keys.prefix.length),
        data: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
        etag,
        error: "",
      }));
      return { results, token, metadata: {} };
    } catch (thrown) {
      throw componentFailure("stateQuery", `state store ${storeName} query failed`, thrown, storeName);
    }
  };
}
