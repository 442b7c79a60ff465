import type { RedisClient } from "./redis-client.js";

/** What matters of a server's version. */
export interface ServerFacts {
  /** Whether fields of hashes may expire, as of Redis 7.4 and Valkey 9. */
  readonly hasFieldExpiry: boolean;
}

/** Asks a server which commands it has. */
export async function askServer(source: RedisClient): Promise<ServerFacts> {
  try {
    await source.call("HPEXPIRETIME", "mecha-import-asks", "FIELDS", 1, "f");
    return { hasFieldExpiry: true };
  } catch {
    return { hasFieldExpiry: false };
  }
}
