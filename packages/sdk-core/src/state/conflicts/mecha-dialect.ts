import type { StoreDialect } from "./store-dialect.js";
import { uuid } from "./uuid.js";

const etagForms: Readonly<Record<string, RegExp>> = {
  "state.redis": /^[1-9]\d{0,18}$/,
  "state.sqlite": uuid,
  "state.in-memory": /^[1-9]\d*$/,
};

/** A store of Mecha's own runtime, which says by the error's code what it refused; transactions are all or nothing. */
export function mechaDialect(type: string): StoreDialect {
  return { etagForm: etagForms[type], atomicTransactions: true, refusalOf: () => "none" };
}
