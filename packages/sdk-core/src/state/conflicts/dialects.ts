import { inMemoryDialect } from "./in-memory-dialect.js";
import { mechaDialect } from "./mecha-dialect.js";
import { otherDialect } from "./other-dialect.js";
import { redisDialect } from "./redis-dialect.js";
import { sqliteDialect } from "./sqlite-dialect.js";
import type { StoreDialect } from "./store-dialect.js";

export type { StoreDialect } from "./store-dialect.js";

/** What Mecha's runtime says of a store whose transactions are all or nothing. */
const mechaCapability = "MECHA_ATOMIC";

const daprdDialects: Readonly<Record<string, StoreDialect>> = {
  "state.redis": redisDialect,
  "state.sqlite": sqliteDialect,
  "state.sqlite3": sqliteDialect,
  "state.in-memory": inMemoryDialect,
};

/** How the store of a component treats ETags, by the type and capabilities that GetMetadata gives. */
export function dialectOf(type: string, capabilities: readonly string[]): StoreDialect {
  if (capabilities.includes(mechaCapability)) return mechaDialect(type);
  return daprdDialects[type] ?? otherDialect;
}
