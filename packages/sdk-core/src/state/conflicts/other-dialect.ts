import { invalidText, mismatchReasons, type StoreDialect } from "./store-dialect.js";

/** What Go's network and context packages say; several stores call it a mismatch when a write had an ETag. */
const notTheStore =
  /\b(?:dial (?:tcp|unix)|connection (?:refused|reset)|broken pipe|i\/o timeout|no such host|unexpected EOF|EOF$|context (?:deadline exceeded|canceled)|TLS handshake)/i;

/** A store of daprd that is not known further: what it calls a mismatch is one, unless its backend was not reached. */
export const otherDialect: StoreDialect = {
  etagForm: undefined,
  atomicTransactions: true,
  refusalOf({ text }) {
    if (text.startsWith(invalidText)) return "invalid";
    for (const reason of mismatchReasons(text)) if (!notTheStore.test(reason)) return "mismatch";
    return "none";
  },
};
