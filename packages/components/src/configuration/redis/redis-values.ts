import type { ConfigurationItem } from "@mecha/spec";
import type { Redis } from "ioredis-upstream";

/** Most keys that one command names, during which Redis serves nobody else. */
const keysPerCommand = 500;

/** What daprd puts between a value and its version. */
const separator = "||";

/**
 * Reads keys with their versions, as daprd does: `value||version`, or a value without a version. Keys that are absent, empty, or hold
 * another type than a string, are left out.
 */
export async function readValues(redis: Redis, keys: readonly string[]): Promise<Map<string, ConfigurationItem>> {
  const items = new Map<string, ConfigurationItem>();
  for (let start = 0; start < keys.length; start += keysPerCommand) {
    const some = keys.slice(start, start + keysPerCommand);
    const found = await redis.mget(...some);
    for (const [index, key] of some.entries()) {
      const item = itemOf(found[index] ?? "");
      if (item !== undefined) items.set(key, item);
    }
  }
  return items;
}

/** Names all keys of the database, without keeping Redis from serving others, as `KEYS` would. */
export async function listKeys(redis: Redis): Promise<readonly string[]> {
  const keys = new Set<string>();
  let cursor = "0";
  do {
    const [next, some] = await redis.scan(cursor, "COUNT", keysPerCommand);
    for (const key of some) keys.add(key);
    cursor = next;
  } while (cursor !== "0");
  return [...keys].sort();
}

function itemOf(stored: string): ConfigurationItem | undefined {
  const [value = "", version = ""] = stored.split(separator);
  return value === "" ? undefined : { value, version, metadata: {} };
}
