import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { createLazyHandlers } from "../doors/lazy-handlers.js";
import type { Outbox } from "../outbox/outbox.js";
import { deleteBulkState, deleteState } from "./delete-state.js";
import { executeStateTransaction } from "./execute-state-transaction.js";
import { getBulkState } from "./get-bulk-state.js";
import { getState } from "./get-state.js";
import { saveState } from "./save-state.js";
import type { StateStores } from "./state-stores.js";

/** The RPCs of the state building block. */
export function stateHandlers(stores: StateStores, outbox?: Outbox): DaprHandlers {
  const queries = createLazyHandlers(() => import("./query-state.js"));
  return {
    getState: getState(stores),
    getBulkState: getBulkState(stores),
    saveState: saveState(stores),
    deleteState: deleteState(stores),
    deleteBulkState: deleteBulkState(stores),
    queryStateAlpha1: queries.unary(({ queryState }) => queryState(stores)),
    executeStateTransaction: executeStateTransaction(stores, outbox),
  };
}
