import { mismatchReasons, type StoreDialect } from "./store-dialect.js";
import { uuid } from "./uuid.js";

/**
 * daprd's `state.sqlite` (components-contrib 1.18, `state/sqlite/sqlite_dbaccess.go`): ETags are UUIDs, and a mismatch has no
 * reason behind it, which every other failure has. Transactions are SQLite's own.
 */
export const sqliteDialect: StoreDialect = {
  etagForm: uuid,
  atomicTransactions: true,
  refusalOf({ text }) {
    for (const reason of mismatchReasons(text)) if (reason === "") return "mismatch";
    return "none";
  },
};
