import type { Empty, state, UnaryHandler } from "@mecha/sdk-core/protocol";
import type { StateOperation } from "@mecha/spec";
import { cancellationOf } from "../doors/cancellation.js";
import { isJsonPayload } from "../doors/json-payload.js";
import { componentFailure, daprError } from "../errors/dapr-error.js";
import type { Outbox } from "../outbox/outbox.js";
import { toStateDelete, toStateSet } from "./state-operation.js";
import type { StateKeys } from "./state-key.js";
import type { StateStores } from "./state-stores.js";

/**
 * Dapr's ExecuteStateTransaction: all operations, in order, or none. A wrong ETag is `ETAG_MISMATCH` (ABORTED), which
 * daprd hides behind INTERNAL.
 */
export function executeStateTransaction(
  stores: StateStores,
  outbox?: Outbox,
): UnaryHandler<state.ExecuteStateTransactionRequest, Empty> {
  return async ({ storeName, operations }, context) => {
    const { store, keys } = stores(storeName);
    if (!store.features.includes("TRANSACTIONAL")) {
      throw daprError("stateTransactionsNotSupported", `state store ${storeName} doesn't support transactions`, {
        component: storeName,
      });
    }
    const isJson = isJsonPayload(context);
    const writes = operations.map((operation) => toOperation(operation, { storeName, keys, isJson }));
    if (writes.length === 0) return {};
    const applied = outbox === undefined ? writes : await outbox.prepare(storeName, writes);
    try {
      await store.write(applied, { atomic: true, ...cancellationOf(context) });
    } catch (thrown) {
      throw componentFailure("stateTransaction", "error while executing state transaction", thrown, storeName);
    }
    return {};
  };
}

function toOperation(
  { operationType, request }: state.TransactionalStateOperation,
  { storeName, keys, isJson }: { readonly storeName: string; readonly keys: StateKeys; readonly isJson: boolean },
): StateOperation {
  const item = request ?? { key: "", value: Buffer.alloc(0), metadata: {} };
  switch (operationType) {
    case "upsert":
      return toStateSet(item, keys, { failure: "stateTransaction", isJson });
    case "delete":
      return toStateDelete(item, keys);
    default:
      throw daprError("stateOperationNotSupported", `operation type ${operationType} not supported`, {
        component: storeName,
      });
  }
}
