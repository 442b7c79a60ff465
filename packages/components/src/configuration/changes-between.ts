import type { ConfigurationItem, ConfigurationItems } from "@mecha/spec";

/** What a change says of a key that is gone. */
export const removedItem: ConfigurationItem = { value: "", version: "", metadata: {}, removed: true };

/** The items of `after` whose version is not the one in `before`, and a removal for each key that only `before` has. */
export function changesBetween(before: ConfigurationItems, after: ConfigurationItems): ConfigurationItems {
  const changes = new Map<string, ConfigurationItem>();
  for (const [key, item] of after) {
    if (before.get(key)?.version !== item.version) changes.set(key, item);
  }
  for (const key of before.keys()) {
    if (!after.has(key)) changes.set(key, removedItem);
  }
  return changes;
}
