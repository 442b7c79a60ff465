import { mismatchReasons, type StoreDialect } from "./store-dialect.js";
import { uuid } from "./uuid.js";

const refused = /^(?:item already exists|state not exist or expired|state etag not match)/;

/**
 * daprd's `state.in-memory` (components-contrib 1.18, `state/in-memory/in_memory.go`): ETags are UUIDs, and three sentences
 * say of a write that it was refused. Transactions check every ETag before they write.
 */
export const inMemoryDialect: StoreDialect = {
  etagForm: uuid,
  atomicTransactions: true,
  refusalOf({ text }) {
    for (const reason of mismatchReasons(text)) if (refused.test(reason)) return "mismatch";
    return "none";
  },
};
